// SPDX-License-Identifier: Apache-2.0
// RMSNorm on the device: the contract of kernels/rms_norm.hpp for T = float and BFloat16. What is
// added to stays float whatever T is, but for the stream's gradient, which has the stream's type.
// Sums run in an order that follows from the shape: the same bits in every run.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/rms_norm.hpp"

namespace aiops::kernels::cuda {

// y and reciprocal are overwritten.
template <typename T>
LaunchStatus rms_norm_forward(const RmsNorm& shape, const T* x, const T* weight, T* y,
                              float* reciprocal, Stream stream);

// Adds to x_gradient and to weight_gradient.
template <typename T>
LaunchStatus rms_norm_backward(const RmsNorm& shape, const T* x, const T* weight,
                               const float* reciprocal, const T* y_gradient, T* x_gradient,
                               float* weight_gradient, Stream stream);

}  // namespace aiops::kernels::cuda
