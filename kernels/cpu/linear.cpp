// SPDX-License-Identifier: Apache-2.0
#include "kernels/linear.hpp"

namespace aiops::kernels {

void linear_forward(const Linear& shape, const float* x, const float* weight, const float* bias,
                    float* y, ThreadPool& threads) {
  gemm({.m = shape.rows,
        .n = shape.out,
        .k = shape.in,
        .transpose_b = Transpose::yes,
        .precision = shape.precision,
        .bias = bias},
       x, weight, y, threads);
}

void linear_backward_input(const Linear& shape, Accumulate accumulate, const float* y_gradient,
                           const float* weight, float* x_gradient, ThreadPool& threads) {
  gemm({.m = shape.rows,
        .n = shape.in,
        .k = shape.out,
        .accumulate = accumulate,
        .precision = shape.precision},
       y_gradient, weight, x_gradient, threads);
}

void linear_backward_weight(const Linear& shape, Accumulate accumulate, const float* y_gradient,
                            const float* x, float* weight_gradient, ThreadPool& threads) {
  gemm({.m = shape.out,
        .n = shape.in,
        .k = shape.rows,
        .transpose_a = Transpose::yes,
        .accumulate = accumulate,
        .precision = shape.precision},
       y_gradient, x, weight_gradient, threads);
}

}  // namespace aiops::kernels
