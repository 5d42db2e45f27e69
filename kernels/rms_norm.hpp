// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>

namespace aiops::kernels {

struct RmsNorm {
  std::int64_t rows = 0, width = 0;
  float epsilon = 1e-5F;
};

// y = weight · x · r, r = 1 / sqrt(mean(x²) + epsilon) over each row. x and y are rows × width,
// weight is width, reciprocal (r, kept for the backward pass) is rows. y and r are overwritten.
void rms_norm_forward(const RmsNorm& shape, const float* x, const float* weight, float* y,
                      float* reciprocal, ThreadPool& threads);

// Adds to x_gradient (the residual stream's gradient already lies there) and to weight_gradient.
void rms_norm_backward(const RmsNorm& shape, const float* x, const float* weight,
                       const float* reciprocal, const float* y_gradient, float* x_gradient,
                       float* weight_gradient, ThreadPool& threads);

}  // namespace aiops::kernels
