// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gradient_norm/gradient_norm.hpp"

#include "kernels/cuda/trials/trial.hpp"

#include <cmath>

namespace aiops::kernels::cuda {
namespace {

void clip(Trial& trial, std::int64_t count, float max_norm) {
  const Numbers values = trial.numbers<float>(count);
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
  add(kNormParts * 256 + 257, 2);  // some blocks come round again
  return cases;
}

}  // namespace aiops::kernels::cuda
