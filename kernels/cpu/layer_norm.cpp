// SPDX-License-Identifier: Apache-2.0
// With h = (x - mean) r and g = dy · weight: dx = r (g - mean(g) - h mean(g h)), and over the rows
// dweight = sum of dy h, dbias = sum of dy.
#include "kernels/layer_norm.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::kernels {
namespace {

struct Row {
  float mean, reciprocal;
};

// The variance is summed from the deviations: x² - mean² would cancel.
AIOPS_CLONES Row normalise_row(std::int64_t width, float epsilon, const float* __restrict x,
                               const float* __restrict weight, const float* __restrict bias,
                               float* __restrict y) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < width; ++i) sum += x[i];
  const float mean = sum / static_cast<float>(width);
  float squares = 0;
#pragma omp simd reduction(+ : squares)
  for (std::int64_t i = 0; i < width; ++i) squares += (x[i] - mean) * (x[i] - mean);
  const float r = 1.0F / std::sqrt(squares / static_cast<float>(width) + epsilon);
  for (std::int64_t i = 0; i < width; ++i) y[i] = weight[i] * ((x[i] - mean) * r) + bias[i];
  return {mean, r};
}

AIOPS_CLONES void row_gradient(std::int64_t width, Row row, const float* __restrict x,
                               const float* __restrict weight, const float* __restrict dy,
                               float* __restrict dx) {
  float sum = 0;    // of g
  float along = 0;  // of g · h
#pragma omp simd reduction(+ : sum, along)
  for (std::int64_t i = 0; i < width; ++i) {
    const float g = dy[i] * weight[i];
    sum += g;
    along += g * ((x[i] - row.mean) * row.reciprocal);
  }
  sum /= static_cast<float>(width);
  along /= static_cast<float>(width);
  for (std::int64_t i = 0; i < width; ++i) {
    const float h = (x[i] - row.mean) * row.reciprocal;
    dx[i] += row.reciprocal * (dy[i] * weight[i] - sum - h * along);
  }
}

constexpr std::int64_t kStripe = 64;
constexpr std::int64_t kRowBlock = 64;  // partial sums keep fp32 honest over many rows

// Columns [0, columns) of the two vectors' gradients; x and dy are the first row of the stripe.
AIOPS_CLONES void vector_stripe(const LayerNorm& shape, std::int64_t columns, const float* x,
                                const LayerNormTape& tape, const float* dy, float* dweight,
                                float* dbias) {
  for (std::int64_t block = 0; block < shape.rows; block += kRowBlock) {
    float weights[kStripe] = {};
    float biases[kStripe] = {};
    const std::int64_t last = std::min(block + kRowBlock, shape.rows);
    for (std::int64_t row = block; row < last; ++row) {
      const float* gradient = dy + row * shape.width;
      const float* input = x + row * shape.width;
      for (std::int64_t c = 0; c < columns; ++c) {
        weights[c] += gradient[c] * ((input[c] - tape.mean[row]) * tape.reciprocal[row]);
        biases[c] += gradient[c];
      }
    }
    for (std::int64_t c = 0; c < columns; ++c) dweight[c] += weights[c];
    for (std::int64_t c = 0; c < columns; ++c) dbias[c] += biases[c];
  }
}

}  // namespace

void layer_norm_forward(const LayerNorm& shape, const float* x, const float* weight,
                        const float* bias, float* y, const LayerNormTape& tape,
                        ThreadPool& threads) {
  for_each_chunk(
      threads, shape.rows, rows_per_piece(shape.width), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row) {
          const Row kept = normalise_row(shape.width, shape.epsilon, x + row * shape.width, weight,
                                         bias, y + row * shape.width);
          tape.mean[row] = kept.mean;
          tape.reciprocal[row] = kept.reciprocal;
        }
      });
}

void layer_norm_backward(const LayerNorm& shape, const float* x, const float* weight,
                         const LayerNormTape& tape, const float* y_gradient, float* x_gradient,
                         float* weight_gradient, float* bias_gradient, ThreadPool& threads) {
  for_each_chunk(
      threads, shape.rows, rows_per_piece(shape.width), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t row = begin; row < end; ++row)
          row_gradient(shape.width, {tape.mean[row], tape.reciprocal[row]}, x + row * shape.width,
                       weight, y_gradient + row * shape.width, x_gradient + row * shape.width);
      });
  for_each_chunk(threads, shape.width, kStripe, [&](std::int64_t begin, std::int64_t end) {
    vector_stripe(shape, end - begin, x + begin, tape, y_gradient + begin, weight_gradient + begin,
                  bias_gradient + begin);
  });
}

}  // namespace aiops::kernels
