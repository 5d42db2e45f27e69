// SPDX-License-Identifier: Apache-2.0
// RMSNorm of heads on the device: the contract of kernels/head_norm.hpp for T = float and BFloat16,
// with a tape of T. The gradient of the weight is float. The same bits in every run.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/head_norm.hpp"

namespace aiops::kernels::cuda {

// In place; input (rows × heads · head_dim) and reciprocal (rows × heads) are overwritten.
template <typename T>
LaunchStatus head_norm_forward(const HeadNorm& shape, const T* weight, T* x, T* input,
                               float* reciprocal, Stream stream);

// In place; adds to weight_gradient.
template <typename T>
LaunchStatus head_norm_backward(const HeadNorm& shape, const T* weight, const T* input,
                                const float* reciprocal, T* gradient, float* weight_gradient,
                                Stream stream);

}  // namespace aiops::kernels::cuda
