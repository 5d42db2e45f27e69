// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/rms_norm.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {
namespace {

void both_ways(Workbench& bench, const RmsNorm& shape, Type type) {
  const std::string text = fmt::format("{} rows of {}", shape.rows, shape.width);
  const std::int64_t size = shape.rows * shape.width;
  const Numbers x = bench.numbers(size, type);
  const Numbers weight = bench.numbers(shape.width, type);
  const Array there_x = bench.put(x, type);
  const Array there_weight = bench.put(weight, type);
  const Array y = bench.room(size, type);
  const Array reciprocal = bench.room(shape.rows, Type::fp32);
  const aiops_rms_norm_forward forward{.type = static_cast<std::int32_t>(type),
                                       .epsilon = shape.epsilon,
                                       .rows = shape.rows,
                                       .width = shape.width,
                                       .x = there_x.data(),
                                       .weight = there_weight.data(),
                                       .y = y.data(),
                                       .reciprocal = reciprocal.floats()};
  bench.check(text, type, forward,
              {{y, reference::rms_norm(shape, x, weight)},
               {reciprocal, reference::rms_norm_reciprocals(shape, x)}});

  const Numbers y_gradient = bench.numbers(size, type);
  const Numbers before_x = bench.numbers(size, type);
  const Numbers before_weight = bench.numbers(shape.width, Type::fp32);
  const Array there_gradient = bench.put(y_gradient, type);
  const Array to_x = bench.put(before_x, type);
  const Array to_weight = bench.put(before_weight, Type::fp32);
  const aiops_rms_norm_backward backward{.type = static_cast<std::int32_t>(type),
                                         .epsilon = shape.epsilon,
                                         .rows = shape.rows,
                                         .width = shape.width,
                                         .x = there_x.data(),
                                         .weight = there_weight.data(),
                                         .reciprocal = reciprocal.floats(),
                                         .y_gradient = there_gradient.data(),
                                         .x_gradient = to_x.data(),
                                         .weight_gradient = to_weight.floats()};
  const auto gradient = reference::rms_norm_gradient(shape, x, weight, y_gradient);
  bench.check(text, type, backward,
              {{to_x, plus(before_x, gradient[0])}, {to_weight, plus(before_weight, gradient[1])}});
}

}  // namespace

void check_rms_norm(Workbench& bench) {
  for (const Type type : kTypes)
    for (const RmsNorm& shape : {RmsNorm{1, 8}, RmsNorm{9, 256}, RmsNorm{3, 1031, 1e-2F}})
      both_ways(bench, shape, type);
}

}  // namespace aiops::kernels::device
