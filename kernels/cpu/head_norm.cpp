// SPDX-License-Identifier: Apache-2.0
// As rms_norm, with h = x r and g = dy · weight: dx = r (g - h mean(g h)), dweight = sum of dy h,
// here over rows and heads.
#include "kernels/head_norm.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::kernels {
namespace {

AIOPS_CLONES float normalise_head(std::int64_t width, float epsilon, const float* __restrict weight,
                                  float* __restrict x, float* __restrict input) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < width; ++i) sum += x[i] * x[i];
  const float r = 1.0F / std::sqrt(sum / static_cast<float>(width) + epsilon);
  for (std::int64_t i = 0; i < width; ++i) {
    input[i] = x[i];
    x[i] = weight[i] * (x[i] * r);
  }
  return r;
}

AIOPS_CLONES void head_gradient(std::int64_t width, float r, const float* __restrict weight,
                                const float* __restrict input, float* __restrict gradient) {
  float along = 0;
#pragma omp simd reduction(+ : along)
  for (std::int64_t i = 0; i < width; ++i) along += gradient[i] * weight[i] * input[i];
  along *= r * r / static_cast<float>(width);
  for (std::int64_t i = 0; i < width; ++i)
    gradient[i] = r * (gradient[i] * weight[i] - input[i] * along);
}

constexpr std::int64_t kStripe = 16;
constexpr std::int64_t kRowBlock = 64;  // partial sums keep fp32 honest over many rows

// Elements [first, first + columns) of the weight's gradient.
AIOPS_CLONES void weight_stripe(const HeadNorm& shape, std::int64_t first, std::int64_t columns,
                                const HeadNormTape& tape, const float* gradient, float* dweight) {
  const std::int64_t width = shape.heads * shape.head_dim;
  for (std::int64_t block = 0; block < shape.rows; block += kRowBlock) {
    float sums[kStripe] = {};
    const std::int64_t last = std::min(block + kRowBlock, shape.rows);
    for (std::int64_t row = block; row < last; ++row)
      for (std::int64_t head = 0; head < shape.heads; ++head) {
        const std::int64_t at = head * shape.head_dim + first;
        const float r = tape.reciprocal[row * shape.heads + head];
        const float* dy = gradient + row * shape.stride + at;
        const float* input = tape.input + row * width + at;
        for (std::int64_t c = 0; c < columns; ++c) sums[c] += dy[c] * (input[c] * r);
      }
    for (std::int64_t c = 0; c < columns; ++c) dweight[first + c] += sums[c];
  }
}

// Calls visit(row, head) for every head, rows on all threads.
template <typename Visit>
void for_each_head(const HeadNorm& shape, ThreadPool& threads, const Visit& visit) {
  for_each_chunk(threads, shape.rows, rows_per_piece(shape.heads * shape.head_dim),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row)
                     for (std::int64_t head = 0; head < shape.heads; ++head) visit(row, head);
                 });
}

}  // namespace

void head_norm_forward(const HeadNorm& shape, const float* weight, float* x,
                       const HeadNormTape& tape, ThreadPool& threads) {
  for_each_head(shape, threads, [&](std::int64_t row, std::int64_t head) {
    tape.reciprocal[row * shape.heads + head] = normalise_head(
        shape.head_dim, shape.epsilon, weight, x + row * shape.stride + head * shape.head_dim,
        tape.input + (row * shape.heads + head) * shape.head_dim);
  });
}

void head_norm_backward(const HeadNorm& shape, const float* weight, const HeadNormTape& tape,
                        float* gradient, float* weight_gradient, ThreadPool& threads) {
  for_each_chunk(threads, shape.head_dim, kStripe, [&](std::int64_t begin, std::int64_t end) {
    weight_stripe(shape, begin, end - begin, tape, gradient, weight_gradient);
  });
  for_each_head(shape, threads, [&](std::int64_t row, std::int64_t head) {
    head_gradient(shape.head_dim, tape.reciprocal[row * shape.heads + head], weight,
                  tape.input + (row * shape.heads + head) * shape.head_dim,
                  gradient + row * shape.stride + head * shape.head_dim);
  });
}

}  // namespace aiops::kernels
