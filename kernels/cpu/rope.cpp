// SPDX-License-Identifier: Apache-2.0
#include "kernels/rope.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

#include <cmath>

namespace aiops::kernels {
namespace {

// `direction` is 1 to turn, -1 to turn back.
AIOPS_CLONES void turn_row(std::int64_t heads, std::int64_t half, float direction,
                           const float* __restrict cosine, const float* __restrict sine,
                           float* __restrict x) {
  for (std::int64_t head = 0; head < heads; ++head) {
    float* __restrict low = x + head * 2 * half;
    float* __restrict high = low + half;
#pragma omp simd
    for (std::int64_t i = 0; i < half; ++i) {
      const float a = low[i];
      const float b = high[i];
      const float s = direction * sine[i];
      low[i] = a * cosine[i] - b * s;
      high[i] = b * cosine[i] + a * s;
    }
  }
}

void turn(const Rope& shape, float direction, const float* cosine, const float* sine, float* x,
          ThreadPool& threads) {
  const std::int64_t half = shape.head_dim / 2;
  for_each_chunk(threads, shape.rows, rows_per_piece(shape.heads * shape.head_dim),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row) {
                     const std::int64_t at = shape.position(row) * half;
                     turn_row(shape.heads, half, direction, cosine + at, sine + at,
                              x + row * shape.stride);
                   }
                 });
}

}  // namespace

std::vector<float> rope_frequencies(std::int64_t head_dim, double theta) {
  std::vector<float> frequencies;
  for (std::int64_t i = 0; i < head_dim / 2; ++i) {
    const double power = -2.0 * static_cast<double>(i) / static_cast<double>(head_dim);
    frequencies.push_back(static_cast<float>(std::pow(theta, power)));
  }
  return frequencies;
}

void rope_table(std::int64_t positions, std::span<const float> frequencies, float* cosine,
                float* sine, float amplitude) {
  for (std::int64_t position = 0; position < positions; ++position)
    for (const float frequency : frequencies) {
      const auto angle = static_cast<double>(static_cast<float>(position) * frequency);
      *cosine++ = static_cast<float>(std::cos(angle)) * amplitude;
      *sine++ = static_cast<float>(std::sin(angle)) * amplitude;
    }
}

void rope_forward(const Rope& shape, const float* cosine, const float* sine, float* x,
                  ThreadPool& threads) {
  turn(shape, 1, cosine, sine, x, threads);
}

void rope_backward(const Rope& shape, const float* cosine, const float* sine, float* gradient,
                   ThreadPool& threads) {
  turn(shape, -1, cosine, sine, gradient, threads);
}

}  // namespace aiops::kernels
