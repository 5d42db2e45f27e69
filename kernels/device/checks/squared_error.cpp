// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/squared_error.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {
namespace {

void both_ways(Workbench& bench, const SquaredError& shape, Type type) {
  constexpr float kScale = 0.25F;
  const std::string text = fmt::format("{} rows of {}", shape.rows, shape.width);
  const std::vector<std::int32_t> targets{1, -1, 0};  // the second is not counted
  const Array there_targets = bench.put(targets);
  const Numbers values = bench.numbers(2 * shape.width, Type::fp32);
  const Array there_values = bench.put(values, Type::fp32);
  const Numbers outputs = bench.numbers(shape.rows * shape.width, type);
  const Array there = bench.put(outputs, type);
  const Array losses = bench.room(shape.rows, Type::fp32);
  const aiops_squared_error_forward forward{.type = static_cast<std::int32_t>(type),
                                            .rows = shape.rows,
                                            .width = shape.width,
                                            .outputs = there.data(),
                                            .targets = there_targets.as<std::int32_t>(),
                                            .values = there_values.floats(),
                                            .losses = losses.floats()};
  const Numbers expected = reference::squared_error(shape, targets, values, outputs);
  bench.check(text, type, forward, {{losses, expected}});

  const Array again = bench.room(shape.rows, Type::fp32);
  const aiops_squared_error_backward backward{.type = static_cast<std::int32_t>(type),
                                              .scale = kScale,
                                              .rows = shape.rows,
                                              .width = shape.width,
                                              .outputs = there.data(),
                                              .targets = there_targets.as<std::int32_t>(),
                                              .values = there_values.floats(),
                                              .losses = again.floats()};
  const Numbers scales(static_cast<std::size_t>(shape.rows), static_cast<double>(kScale));
  bench.check(
      text, type, backward,
      {{again, expected},
       {there, reference::squared_error_gradient(shape, targets, values, outputs, scales)[0]}});
}

}  // namespace

void check_squared_error(Workbench& bench) {
  for (const Type type : kTypes)
    for (const std::int64_t width : {1, 128, 1031}) both_ways(bench, {3, width}, type);
}

}  // namespace aiops::kernels::device
