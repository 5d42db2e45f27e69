// SPDX-License-Identifier: Apache-2.0
// With s = sigmoid(g): out = g s u, du = dout g s, dg = dout u s (1 + g (1 - s)).
#include "kernels/swiglu.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/vector_math.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

AIOPS_CLONES void forward_row(std::int64_t width, const float* __restrict gate,
                              const float* __restrict up, float* __restrict out) {
#pragma omp simd
  for (std::int64_t i = 0; i < width; ++i) out[i] = gate[i] * logistic(gate[i]) * up[i];
}

AIOPS_CLONES void backward_row(std::int64_t width, const float* __restrict gate,
                               const float* __restrict up, const float* __restrict out_gradient,
                               float* __restrict gate_gradient, float* __restrict up_gradient) {
#pragma omp simd
  for (std::int64_t i = 0; i < width; ++i) {
    const float s = logistic(gate[i]);
    const float silu = gate[i] * s;
    up_gradient[i] = out_gradient[i] * silu;
    gate_gradient[i] = out_gradient[i] * up[i] * (s + silu * (1.0F - s));
  }
}

}  // namespace

void swiglu_forward(const Swiglu& shape, const float* gate_up, float* out, ThreadPool& threads) {
  const std::int64_t width = shape.width;
  for_each_chunk(threads, shape.rows, rows_per_piece(width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row) {
                     const float* gate = gate_up + row * 2 * width;
                     forward_row(width, gate, gate + width, out + row * width);
                   }
                 });
}

void swiglu_backward(const Swiglu& shape, const float* gate_up, const float* out_gradient,
                     float* gate_up_gradient, ThreadPool& threads) {
  const std::int64_t width = shape.width;
  for_each_chunk(threads, shape.rows, rows_per_piece(width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row) {
                     const float* gate = gate_up + row * 2 * width;
                     float* gradient = gate_up_gradient + row * 2 * width;
                     backward_row(width, gate, gate + width, out_gradient + row * width, gradient,
                                  gradient + width);
                   }
                 });
}

}  // namespace aiops::kernels
