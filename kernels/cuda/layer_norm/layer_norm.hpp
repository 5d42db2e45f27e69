// SPDX-License-Identifier: Apache-2.0
// LayerNorm on the device: the contract of kernels/layer_norm.hpp for T = float and BFloat16. The
// gradients of weight and bias are float, that of x has the stream's type. The same bits in every
// run.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/layer_norm.hpp"

namespace aiops::kernels::cuda {

// y and the tape are overwritten.
template <typename T>
LaunchStatus layer_norm_forward(const LayerNorm& shape, const T* x, const T* weight, const T* bias,
                                T* y, const LayerNormTape& tape, Stream stream);

// Adds to x_gradient, weight_gradient and bias_gradient.
template <typename T>
LaunchStatus layer_norm_backward(const LayerNorm& shape, const T* x, const T* weight,
                                 const LayerNormTape& tape, const T* y_gradient, T* x_gradient,
                                 float* weight_gradient, float* bias_gradient, Stream stream);

}  // namespace aiops::kernels::cuda
