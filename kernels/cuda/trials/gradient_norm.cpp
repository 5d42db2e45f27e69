// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gradient_norm/gradient_norm.hpp"

#include "kernels/cuda/trials/trial.hpp"

#include <cmath>

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kRound = kNormParts * 256;  // elements, one at a time

void clip(Trial& trial, std::int64_t count, float max_norm) {
  Numbers values = trial.numbers<float>(count);
  // Those of the first two threads stand out: of many, the sum would not tell them from their
  // neighbours. Of these threads the first may have a round more.
  for (std::int64_t i = 0; i < count; i += i % kRound == 0 ? 1 : kRound - 1)
    values[static_cast<std::size_t>(i)] *= 1000;
  double squares = 0;
  for (const double x : values) squares += x * x;
  auto* parts = trial.rubbish<double>("parts", kNormParts);
  auto* sum = trial.rubbish<double>("sum", 1);
  auto* norm = trial.rubbish<float>("norm", 1);
  auto* scale = trial.rubbish<float>("scale", 1);
  trial.launched(squared_norm(count, trial.upload<float>("values", values), parts, sum, nullptr));
  trial.launched(clip_scale(sum, max_norm, norm, scale, nullptr));
  const double length = std::sqrt(squares);
  const auto limit = static_cast<double>(max_norm);
  trial.expect("norm", norm, {length}, 1e-6);
  trial.expect("scale", scale, {limit > 0 && length > limit ? limit / length : 1}, 1e-6);
}

void divide(Trial& trial, std::int64_t count, double squares) {
  constexpr double kEpsilon = 0.5;
  Numbers values = trial.numbers<float>(count);
  auto* there = trial.upload<float>("values", values);
  trial.launched(normalise(count, trial.upload("squares", squares), kEpsilon, there, nullptr));
  for (double& x : values) x /= std::sqrt(squares) + kEpsilon;
  trial.expect("values", there, values, 1e-6);
}

}  // namespace

std::vector<Case> gradient_norm_cases() {
  std::vector<Case> cases;
  const auto add = [&](std::int64_t count, float max_norm) {
    cases.push_back(
        {case_name<float>("clip", {count}), [=](Trial& trial) { clip(trial, count, max_norm); }});
  };
  add(0, 1);
  for (const std::int64_t count : edges(256)) add(count, 1);
  for (const std::int64_t count : {1020, 1024, 1028, 2048}) add(count, 0);
  add(100, 1000);
  // Threads that come round again, once, three and four times.
  for (const std::int64_t count : {kRound + 257, 3 * kRound + 1, 4 * kRound + 1}) add(count, 2);
  for (const std::int64_t count : edges(256))
    for (const std::int64_t each : {1, 4})
      cases.push_back({case_name<float>("divide", {count * each}),
                       [=](Trial& trial) { divide(trial, count * each, 6.25); }});
  cases.push_back(
      {case_name<float>("divide by epsilon", {3}), [](Trial& trial) { divide(trial, 3, 0); }});
  return cases;
}

}  // namespace aiops::kernels::cuda
