// SPDX-License-Identifier: Apache-2.0
// Cross-entropy on the device: the contract of kernels/cross_entropy.hpp for logits of T = float
// and BFloat16; losses are float. The same bits in every run.
#pragma once

#include "kernels/cross_entropy.hpp"
#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

namespace aiops::kernels::cuda {

// losses is overwritten; targets lie on the device.
template <typename T>
LaunchStatus cross_entropy_forward(const CrossEntropy& shape, const T* logits,
                                   const std::int32_t* targets, float* losses, Stream stream);

// The same losses, and logits become their own gradient of `scale` times the sum of the losses.
template <typename T>
LaunchStatus cross_entropy_backward(const CrossEntropy& shape, T* logits,
                                    const std::int32_t* targets, float scale, float* losses,
                                    Stream stream);

}  // namespace aiops::kernels::cuda
