// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>

namespace aiops::kernels {

struct Bias {
  std::int64_t rows = 0, width = 0;
};

// y[i, :] += bias. y is rows × width.
void bias_forward(const Bias& shape, const float* bias, float* y, ThreadPool& threads);

// bias_gradient += the sum of the rows of y_gradient. (That of y is y_gradient itself.)
void bias_backward(const Bias& shape, const float* y_gradient, float* bias_gradient,
                   ThreadPool& threads);

}  // namespace aiops::kernels
