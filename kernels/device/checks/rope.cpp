// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/rope.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

#include <cmath>

namespace aiops::kernels::device {
namespace {

constexpr double kTheta = 100;
constexpr std::int64_t kPositions = 24;

// Cosines and sines of every position and pair.
std::pair<Numbers, Numbers> table_for(std::int64_t head_dim) {
  std::pair<Numbers, Numbers> table;
  for (std::int64_t position = 0; position < kPositions; ++position)
    for (std::int64_t i = 0; i < head_dim / 2; ++i) {
      const double power = -2.0 * static_cast<double>(i) / static_cast<double>(head_dim);
      const double angle = static_cast<double>(position) * std::pow(kTheta, power);
      table.first.push_back(std::cos(angle));
      table.second.push_back(std::sin(angle));
    }
  return table;
}

void turn(Workbench& bench, const Rope& shape, const Array* positions, Type type) {
  const auto [cosine, sine] = table_for(shape.head_dim);
  const Array there_cosine = bench.put(cosine, Type::fp32);
  const Array there_sine = bench.put(sine, Type::fp32);
  const Numbers x = bench.numbers(shape.rows * shape.stride, type);
  for (const bool back : {false, true}) {
    const Array there = bench.put(x, type);
    const aiops_rope parameters{
        .type = static_cast<std::int32_t>(type),
        .backward = back ? 1 : 0,
        .rows = shape.rows,
        .length = shape.length,
        .heads = shape.heads,
        .head_dim = shape.head_dim,
        .stride = shape.stride,
        .first = shape.first,
        .positions = positions == nullptr ? nullptr : positions->as<std::int32_t>(),
        .cosine = there_cosine.floats(),
        .sine = there_sine.floats(),
        .x = there.data()};
    bench.check(
        fmt::format("{} rows, {} heads of {}, {}{}", shape.rows, shape.heads, shape.head_dim,
                    positions == nullptr ? "counted" : "given positions", back ? ", back" : ""),
        type, parameters,
        {{there, back ? reference::rope_gradient(shape, kTheta, x)[0]
                      : reference::rope(shape, kTheta, x)}});
  }
}

}  // namespace

void check_rope(Workbench& bench) {
  const std::vector<std::int32_t> positions{2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 23};
  const Array there = bench.put(positions);
  for (const Type type : kTypes) {
    turn(bench, {.rows = 9, .length = 4, .heads = 4, .head_dim = 16, .stride = 80, .first = 3},
         nullptr, type);
    turn(
        bench,
        {.rows = 11, .length = 11, .heads = 3, .head_dim = 6, .stride = 19, .positions = positions},
        &there, type);
  }
}

}  // namespace aiops::kernels::device
