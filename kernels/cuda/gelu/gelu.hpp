// SPDX-License-Identifier: Apache-2.0
// GELU on the device: the contract of kernels/gelu.hpp, T = float or BFloat16.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

#include <cstdint>

namespace aiops::kernels::cuda {

// out is overwritten, and may be x.
template <typename T>
LaunchStatus gelu_forward(std::int64_t count, const T* x, T* out, Stream stream);

// x_gradient is overwritten, and may be out_gradient.
template <typename T>
LaunchStatus gelu_backward(std::int64_t count, const T* x, const T* out_gradient, T* x_gradient,
                           Stream stream);

}  // namespace aiops::kernels::cuda
