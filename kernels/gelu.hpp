// SPDX-License-Identifier: Apache-2.0
// GELU in the approximation by tanh (Hendrycks and Gimpel, 2016), which GPT-2 learnt with and
// transformers calls "gelu_new" or "gelu_pytorch_tanh".
#pragma once

#include "base/thread_pool.hpp"

#include <cstdint>

namespace aiops::kernels {

// out[i] = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x³))), x = x[i]. Overwritten.
void gelu_forward(std::int64_t count, const float* x, float* out, ThreadPool& threads);

// x_gradient is overwritten.
void gelu_backward(std::int64_t count, const float* x, const float* out_gradient, float* x_gradient,
                   ThreadPool& threads);

}  // namespace aiops::kernels
