// SPDX-License-Identifier: Apache-2.0
// y = x W^T + b on gemm(): x is rows × in, W is out × in (as Hugging Face stores it), y is rows ×
// out.
#pragma once

#include "kernels/gemm.hpp"

namespace aiops::kernels {

struct Linear {
  std::int64_t rows = 0, in = 0, out = 0;
  Precision precision = Precision::fp32;
};

// bias: `out` elements, or null.
void linear_forward(const Linear& shape, const float* x, const float* weight, const float* bias,
                    float* y, ThreadPool& threads);

// x_gradient = y_gradient W, or += it.
void linear_backward_input(const Linear& shape, Accumulate accumulate, const float* y_gradient,
                           const float* weight, float* x_gradient, ThreadPool& threads);

// weight_gradient = y_gradient^T x, or += it.
void linear_backward_weight(const Linear& shape, Accumulate accumulate, const float* y_gradient,
                            const float* x, float* weight_gradient, ThreadPool& threads);

}  // namespace aiops::kernels
