// SPDX-License-Identifier: Apache-2.0
// With h = x r and g = dy · weight: dx = r (g - h mean(g h)), dweight = sum over rows of dy h.
#include "kernels/rms_norm.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::kernels {
namespace {

AIOPS_CLONES float normalise_row(std::int64_t width, float epsilon, const float* __restrict x,
                                 const float* __restrict weight, float* __restrict y) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < width; ++i) sum += x[i] * x[i];
  const float r = 1.0F / std::sqrt(sum / static_cast<float>(width) + epsilon);
  for (std::int64_t i = 0; i < width; ++i) y[i] = weight[i] * (x[i] * r);
  return r;
}

AIOPS_CLONES void row_gradient(std::int64_t width, float r, const float* __restrict x,
                               const float* __restrict weight, const float* __restrict dy,
                               float* __restrict dx) {
  float dot = 0;
#pragma omp simd reduction(+ : dot)
  for (std::int64_t i = 0; i < width; ++i) dot += dy[i] * weight[i] * x[i];
  const float along = dot * r * r / static_cast<float>(width);
  for (std::int64_t i = 0; i < width; ++i) dx[i] += r * (dy[i] * weight[i] - x[i] * along);
}

constexpr std::int64_t kStripe = 64;
constexpr std::int64_t kRowBlock = 64;  // partial sums keep fp32 honest over many rows

// Columns [0, columns) of the weight's gradient; x and dy are the first row of the stripe.
AIOPS_CLONES void weight_stripe(const RmsNorm& shape, std::int64_t columns, const float* x,
                                const float* reciprocal, const float* dy, float* dweight) {
  for (std::int64_t block = 0; block < shape.rows; block += kRowBlock) {
    float sums[kStripe] = {};
    const std::int64_t last = std::min(block + kRowBlock, shape.rows);
    for (std::int64_t row = block; row < last; ++row)
      for (std::int64_t c = 0; c < columns; ++c)
        sums[c] += dy[row * shape.width + c] * (x[row * shape.width + c] * reciprocal[row]);
    for (std::int64_t c = 0; c < columns; ++c) dweight[c] += sums[c];
  }
}

}  // namespace

void rms_norm_forward(const RmsNorm& shape, const float* x, const float* weight, float* y,
                      float* reciprocal, ThreadPool& threads) {
  for_each_chunk(
      threads, shape.rows, rows_per_piece(shape.width), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
          reciprocal[row] = normalise_row(shape.width, shape.epsilon, x + row * shape.width, weight,
                                          y + row * shape.width);
      });
}

void rms_norm_backward(const RmsNorm& shape, const float* x, const float* weight,
                       const float* reciprocal, const float* y_gradient, float* x_gradient,
                       float* weight_gradient, ThreadPool& threads) {
  for_each_chunk(threads, shape.rows, rows_per_piece(shape.width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row)
                     row_gradient(shape.width, reciprocal[row], x + row * shape.width, weight,
                                  y_gradient + row * shape.width, x_gradient + row * shape.width);
                 });
  for_each_chunk(threads, shape.width, kStripe, [&](std::int64_t begin, std::int64_t end) {
    weight_stripe(shape, end - begin, x + begin, reciprocal, y_gradient + begin,
                  weight_gradient + begin);
  });
}

}  // namespace aiops::kernels
