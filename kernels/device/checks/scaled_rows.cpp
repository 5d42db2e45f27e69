// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/scaled_rows.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {
namespace {

aiops_scaled_rows parameters_of(const ScaledRows& shape, Type type, const Array& from,
                                const Array& to) {
  return {.type = static_cast<std::int32_t>(type),
          .accumulate = shape.accumulate == Accumulate::yes ? AIOPS_ADD : AIOPS_OVERWRITE,
          .factor = shape.factor,
          .rows = shape.rows,
          .width = shape.width,
          .from_stride = shape.from_stride,
          .to_stride = shape.to_stride,
          .from = from.data(),
          .to = to.data()};
}

void check(Workbench& bench, const ScaledRows& shape, Type type) {
  const std::string text =
      fmt::format("{} rows of {}, {}", shape.rows, shape.width,
                  shape.accumulate == Accumulate::yes ? "added" : "overwritten");
  const Numbers from = bench.numbers(shape.rows * shape.from_stride, type);
  const Numbers before = bench.numbers(shape.rows * shape.to_stride, type);
  const Array there = bench.put(from, type);
  const Array to = bench.put(before, type);
  bench.check(text, type, parameters_of(shape, type, there, to),
              {{to, reference::scaled_rows(shape, from, before)}});
  if (shape.from_stride == shape.to_stride)
    bench.check(text + " in place", type, parameters_of(shape, type, there, there),
                {{there, reference::scaled_rows(shape, from, from)}});
}

}  // namespace

// In packs of 16 bytes, and not.
void check_scaled_rows(Workbench& bench) {
  for (const Type type : kTypes)
    for (const Accumulate accumulate : {Accumulate::no, Accumulate::yes})
      for (const ScaledRows& shape : {ScaledRows{5, 64, 192, 64, 1}, ScaledRows{3, 37, 41, 40, 2},
                                      ScaledRows{9, 256, 256, 256, -0.5F}}) {
        ScaledRows one = shape;
        one.accumulate = accumulate;
        check(bench, one, type);
      }
}

}  // namespace aiops::kernels::device
