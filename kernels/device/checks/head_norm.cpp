// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/head_norm.hpp"

#include "kernels/device/checks/checks.hpp"

#include <fmt/format.h>

namespace aiops::kernels::device {
namespace {

// The heads of every row, without what lies behind them.
Numbers heads_of(const HeadNorm& shape, const Numbers& x) {
  Numbers heads;
  const std::int64_t width = shape.heads * shape.head_dim;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    heads.insert(heads.end(), x.begin() + row * shape.stride,
                 x.begin() + row * shape.stride + width);
  return heads;
}

void both_ways(Workbench& bench, const HeadNorm& shape, Type type) {
  const std::string text =
      fmt::format("{} rows, {} heads of {}", shape.rows, shape.heads, shape.head_dim);
  const Numbers x = bench.numbers(shape.rows * shape.stride, type);
  const Numbers weight = bench.numbers(shape.head_dim, type);
  const Array there = bench.put(x, type);
  const Array there_weight = bench.put(weight, type);
  const Array input = bench.room(shape.rows * shape.heads * shape.head_dim, type);
  const Array reciprocal = bench.room(shape.rows * shape.heads, Type::fp32);
  const aiops_head_norm_forward forward{.type = static_cast<std::int32_t>(type),
                                        .epsilon = shape.epsilon,
                                        .rows = shape.rows,
                                        .heads = shape.heads,
                                        .head_dim = shape.head_dim,
                                        .stride = shape.stride,
                                        .weight = there_weight.data(),
                                        .x = there.data(),
                                        .input = input.data(),
                                        .reciprocal = reciprocal.floats()};
  bench.check(text, type, forward,
              {{there, reference::head_norm(shape, x, weight)}, {input, heads_of(shape, x)}});

  const Numbers y_gradient = bench.numbers(shape.rows * shape.stride, type);
  const Numbers before = bench.numbers(shape.head_dim, Type::fp32);
  const Array gradient = bench.put(y_gradient, type);
  const Array to_weight = bench.put(before, Type::fp32);
  const aiops_head_norm_backward backward{.type = static_cast<std::int32_t>(type),
                                          .epsilon = shape.epsilon,
                                          .rows = shape.rows,
                                          .heads = shape.heads,
                                          .head_dim = shape.head_dim,
                                          .stride = shape.stride,
                                          .weight = there_weight.data(),
                                          .input = input.data(),
                                          .reciprocal = reciprocal.floats(),
                                          .gradient = gradient.data(),
                                          .weight_gradient = to_weight.floats()};
  const auto expected = reference::head_norm_gradient(shape, x, weight, y_gradient);
  bench.check(text, type, backward,
              {{gradient, expected[0]}, {to_weight, plus(before, expected[1])}});
}

}  // namespace

void check_head_norm(Workbench& bench) {
  for (const Type type : kTypes) {
    both_ways(bench, {.rows = 3, .heads = 3, .head_dim = 33, .stride = 104}, type);
    both_ways(bench, {.rows = 9, .heads = 2, .head_dim = 64, .stride = 256}, type);
  }
}

}  // namespace aiops::kernels::device
