// SPDX-License-Identifier: Apache-2.0
// Squared errors on the device: the contract of kernels/squared_error.hpp for outputs of T = float
// and BFloat16; values and losses are float. The same bits in every run.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/squared_error.hpp"

namespace aiops::kernels::cuda {

// losses is overwritten; targets and values lie on the device.
template <typename T>
LaunchStatus squared_error_forward(const SquaredError& shape, const T* outputs,
                                   const std::int32_t* targets, const float* values, float* losses,
                                   Stream stream);

// The same losses, and outputs become their own gradient of `scale` times the sum of the losses.
template <typename T>
LaunchStatus squared_error_backward(const SquaredError& shape, T* outputs,
                                    const std::int32_t* targets, const float* values, float scale,
                                    float* losses, Stream stream);

}  // namespace aiops::kernels::cuda
