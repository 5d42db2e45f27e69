// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/checks/checks.hpp"

#include <cmath>

namespace aiops::kernels::device {
namespace {

void clip(Workbench& bench, std::int64_t count, float max_norm) {
  const Numbers values = bench.numbers(count, Type::fp32);
  double squares = 0;
  for (const double x : values) squares += x * x;
  const Array there = bench.put(values, Type::fp32);
  const Array sum = bench.room(1, Type::fp64);
  const aiops_gradient_norm norm{
      .count = count, .values = there.floats(), .squares = sum.as<double>()};
  const std::string text = std::to_string(count) + " values";
  bench.check(text, Type::fp32, norm, {{sum, {squares}}});

  const Array length = bench.room(1, Type::fp32);
  const Array scale = bench.room(1, Type::fp32);
  const aiops_clip_scale to{.max_norm = max_norm,
                            .squares = sum.as<double>(),
                            .norm = length.floats(),
                            .scale = scale.floats()};
  const double limit = static_cast<double>(max_norm) / std::sqrt(squares);
  bench.check(text + " to " + std::to_string(max_norm), Type::fp32, to,
              {{length, {std::sqrt(squares)}}, {scale, {std::min(limit, 1.0)}}});

  constexpr double kEpsilon = 0.25;
  const aiops_normalise divide{
      .epsilon = kEpsilon, .count = count, .squares = sum.as<double>(), .values = there.floats()};
  Numbers divided = values;
  for (double& x : divided) x /= std::sqrt(squares) + kEpsilon;
  bench.check(text, Type::fp32, divide, {{there, divided}});
}

}  // namespace

void check_gradient_norm(Workbench& bench) {
  clip(bench, 1, 1e3F);
  clip(bench, 1024, 1);
  clip(bench, 1031, 1);
  clip(bench, 1024 * 256 + 257, 2);  // more than there are blocks
}

}  // namespace aiops::kernels::device
