// SPDX-License-Identifier: Apache-2.0
// (1 + tanh u) / 2 = sigmoid(2u), so with s = sigmoid(2u), u = sqrt(2/pi) (x + 0.044715 x³):
// gelu = x s, and its slope is s + x s (1 - s) 2u'.
#include "kernels/gelu.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/vector_math.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

constexpr std::int64_t kPiece = 16384;
constexpr float kTwice = 1.5957691216057308F;  // 2 sqrt(2/pi)
constexpr float kCubic = 0.044715F;

AIOPS_CLONES void forward_piece(std::int64_t count, const float* __restrict x,
                                float* __restrict out) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i)
    out[i] = x[i] * logistic(kTwice * x[i] * (1.0F + kCubic * x[i] * x[i]));
}

AIOPS_CLONES void backward_piece(std::int64_t count, const float* __restrict x,
                                 const float* __restrict dout, float* __restrict dx) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) {
    const float square = kCubic * x[i] * x[i];
    const float s = logistic(kTwice * x[i] * (1.0F + square));
    dx[i] = dout[i] * (s + x[i] * s * (1.0F - s) * kTwice * (1.0F + 3.0F * square));
  }
}

}  // namespace

void gelu_forward(std::int64_t count, const float* x, float* out, ThreadPool& threads) {
  for_each_chunk(threads, count, kPiece, [&](std::int64_t begin, std::int64_t end) {
    forward_piece(end - begin, x + begin, out + begin);
  });
}

void gelu_backward(std::int64_t count, const float* x, const float* out_gradient, float* x_gradient,
                   ThreadPool& threads) {
  for_each_chunk(threads, count, kPiece, [&](std::int64_t begin, std::int64_t end) {
    backward_piece(end - begin, x + begin, out_gradient + begin, x_gradient + begin);
  });
}

}  // namespace aiops::kernels
