// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/dropout.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {
namespace {

constexpr std::int64_t kWidth = 24, kRow = 70;  // of the first element that the device is told

void both_ways(Workbench& bench, const Dropout& shape, const Array& row, Type type) {
  const std::string text = fmt::format("{} elements from {}", shape.count, shape.first);
  const aiops_dropout_elements elements{
      .count = shape.count,
      .rate = shape.rate,
      .seed = shape.seed,
      .stream = shape.stream,
      .first = shape.first - static_cast<std::uint64_t>(kRow * kWidth),
      .width = kWidth,
      .row = row.as<std::uint64_t>()};
  const Numbers x = bench.numbers(shape.count, type);
  const Array there_x = bench.put(x, type);
  const Array y = bench.room(shape.count, type);
  bench.check(text, type,
              aiops_dropout_forward{.type = static_cast<std::int32_t>(type),
                                    .elements = elements,
                                    .x = there_x.data(),
                                    .y = y.data()},
              {{y, reference::dropout(shape, x)}});

  const Numbers before = bench.numbers(shape.count, type);
  const Array sum = bench.put(before, type);
  bench.check(text, type,
              aiops_dropout_backward{.type = static_cast<std::int32_t>(type),
                                     .elements = elements,
                                     .y_gradient = there_x.data(),
                                     .x_gradient = sum.data()},
              {{sum, plus(before, reference::dropout_gradient(shape, x)[0])}});
}

}  // namespace

void check_dropout(Workbench& bench) {
  const Array row = bench.put(std::vector<std::int64_t>{kRow});
  for (const Type type : kTypes)
    for (const std::int64_t count : {1, 512, 1031})
      both_ways(bench,
                {.count = count, .rate = 0.1, .seed = 7, .stream = 1ULL << 40U, .first = 2000}, row,
                type);
}

}  // namespace aiops::kernels::device
