// SPDX-License-Identifier: Apache-2.0
#include "kernels/bias.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>

namespace aiops::kernels {
namespace {

AIOPS_CLONES void add_row(std::int64_t width, const float* __restrict bias, float* __restrict y) {
  for (std::int64_t i = 0; i < width; ++i) y[i] += bias[i];
}

constexpr std::int64_t kStripe = 192;   // columns, whose sums registers hold
constexpr std::int64_t kRowBlock = 64;  // partial sums keep fp32 honest over many rows

AIOPS_CLONES void sum_stripe(const Bias& shape, std::int64_t columns, const float* dy,
                             float* dbias) {
  for (std::int64_t block = 0; block < shape.rows; block += kRowBlock) {
    float sums[kStripe] = {};
    const std::int64_t last = std::min(block + kRowBlock, shape.rows);
    for (std::int64_t row = block; row < last; ++row)
      for (std::int64_t c = 0; c < columns; ++c) sums[c] += dy[row * shape.width + c];
    for (std::int64_t c = 0; c < columns; ++c) dbias[c] += sums[c];
  }
}

}  // namespace

void bias_forward(const Bias& shape, const float* bias, float* y, ThreadPool& threads) {
  for_each_chunk(threads, shape.rows, rows_per_piece(shape.width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row)
                     add_row(shape.width, bias, y + row * shape.width);
                 });
}

void bias_backward(const Bias& shape, const float* y_gradient, float* bias_gradient,
                   ThreadPool& threads) {
  for_each_chunk(threads, shape.width, kStripe, [&](std::int64_t begin, std::int64_t end) {
    sum_stripe(shape, end - begin, y_gradient + begin, bias_gradient + begin);
  });
}

}  // namespace aiops::kernels
