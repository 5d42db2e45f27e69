// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>

namespace aiops::kernels {

struct LayerNorm {
  std::int64_t rows = 0, width = 0;
  float epsilon = 1e-5F;
};

// What the forward pass keeps of each row for the backward pass: rows floats each.
struct LayerNormTape {
  float* mean = nullptr;
  float* reciprocal = nullptr;  // 1 / sqrt(variance + epsilon), of the biased variance
};

// y = weight · (x - mean) · reciprocal + bias over each row (Ba, Kiros and Hinton, 2016). x and y
// are rows × width, weight and bias are width. y and the tape are overwritten.
void layer_norm_forward(const LayerNorm& shape, const float* x, const float* weight,
                        const float* bias, float* y, const LayerNormTape& tape,
                        ThreadPool& threads);

// Adds to x_gradient (the residual stream's gradient already lies there), weight_gradient and
// bias_gradient.
void layer_norm_backward(const LayerNorm& shape, const float* x, const float* weight,
                         const LayerNormTape& tape, const float* y_gradient, float* x_gradient,
                         float* weight_gradient, float* bias_gradient, ThreadPool& threads);

}  // namespace aiops::kernels
