// SPDX-License-Identifier: Apache-2.0
// SwiGLU on the device: the contract of kernels/swiglu.hpp, T = float or BFloat16.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/swiglu.hpp"

namespace aiops::kernels::cuda {

// out is overwritten.
template <typename T>
LaunchStatus swiglu_forward(const Swiglu& shape, const T* gate_up, T* out, Stream stream);

// gate_up_gradient is overwritten.
template <typename T>
LaunchStatus swiglu_backward(const Swiglu& shape, const T* gate_up, const T* out_gradient,
                             T* gate_up_gradient, Stream stream);

}  // namespace aiops::kernels::cuda
