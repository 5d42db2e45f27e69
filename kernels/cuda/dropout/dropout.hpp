// SPDX-License-Identifier: Apache-2.0
// Dropout on the device: the contract of kernels/dropout.hpp for T = float and BFloat16. The same
// elements are dropped as on the CPU.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/dropout.hpp"

namespace aiops::kernels::cuda {

// Elements are counted on by width · *row, where there is a row: a number on the device, so that a
// recorded step can be played again for other rows.
struct DropoutRow {
  std::uint64_t width = 0;
  const std::uint64_t* row = nullptr;
};

// y is overwritten; it may be x.
template <typename T>
LaunchStatus dropout_forward(const Dropout& shape, const DropoutRow& from, const T* x, T* y,
                             Stream stream);

// Adds to x_gradient.
template <typename T>
LaunchStatus dropout_backward(const Dropout& shape, const DropoutRow& from, const T* y_gradient,
                              T* x_gradient, Stream stream);

}  // namespace aiops::kernels::cuda
