// SPDX-License-Identifier: Apache-2.0
// RMSNorm of every head of queries or keys by itself, with one weight for all heads, before they
// are turned by their positions (Qwen3; Henry et al., "Query-key normalization", 2020).
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>

namespace aiops::kernels {

// Rows of `stride` floats; the first heads · head_dim of each are normed, in place.
struct HeadNorm {
  std::int64_t rows = 0, heads = 0, head_dim = 0, stride = 0;
  float epsilon = 1e-6F;
};

// What the forward pass keeps for the backward pass.
struct HeadNormTape {
  float* input = nullptr;       // rows × heads · head_dim
  float* reciprocal = nullptr;  // rows × heads
};

// x = weight · x · r, r = 1 / sqrt(mean(x²) + epsilon) over each head. weight is head_dim. The
// tape is overwritten.
void head_norm_forward(const HeadNorm& shape, const float* weight, float* x,
                       const HeadNormTape& tape, ThreadPool& threads);

// The gradient of the input from that of the output, in place; adds to weight_gradient.
void head_norm_backward(const HeadNorm& shape, const float* weight, const HeadNormTape& tape,
                        float* gradient, float* weight_gradient, ThreadPool& threads);

}  // namespace aiops::kernels
