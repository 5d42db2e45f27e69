// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>

namespace aiops::kernels {

struct Swiglu {
  std::int64_t rows = 0, width = 0;
};

// out = gate · sigmoid(gate) · up. gate_up is rows × 2·width, each row its gate then its up; out is
// rows × width, overwritten.
void swiglu_forward(const Swiglu& shape, const float* gate_up, float* out, ThreadPool& threads);

// gate_up_gradient (rows × 2·width) is overwritten.
void swiglu_backward(const Swiglu& shape, const float* gate_up, const float* out_gradient,
                     float* gate_up_gradient, ThreadPool& threads);

}  // namespace aiops::kernels
