// SPDX-License-Identifier: Apache-2.0
// Biases on the device: the contract of kernels/bias.hpp, T = float or BFloat16; their gradients
// are float.
#pragma once

#include "kernels/bias.hpp"
#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

namespace aiops::kernels::cuda {

// y[i, :] += bias.
template <typename T>
LaunchStatus bias_forward(const Bias& shape, const T* bias, T* y, Stream stream);

// Adds to bias_gradient.
template <typename T>
LaunchStatus bias_backward(const Bias& shape, const T* y_gradient, float* bias_gradient,
                           Stream stream);

}  // namespace aiops::kernels::cuda
