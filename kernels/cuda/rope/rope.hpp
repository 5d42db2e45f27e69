// SPDX-License-Identifier: Apache-2.0
// Rotary positions on the device: the contract of kernels/rope.hpp for T = float and BFloat16. The
// positions of the shape, if any, and the table lie on the device.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/rope.hpp"

namespace aiops::kernels::cuda {

// In place.
template <typename T>
LaunchStatus rope_forward(const Rope& shape, const float* cosine, const float* sine, T* x,
                          Stream stream);

// In place: turned back.
template <typename T>
LaunchStatus rope_backward(const Rope& shape, const float* cosine, const float* sine, T* gradient,
                           Stream stream);

}  // namespace aiops::kernels::cuda
