// SPDX-License-Identifier: Apache-2.0
// Residual connections on the device: the contract of kernels/residual.hpp, T = float or BFloat16.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

#include <cstdint>

namespace aiops::kernels::cuda {

// stream[i] += branch[i].
template <typename T>
LaunchStatus residual_add(std::int64_t count, const T* branch, T* stream, Stream where);

}  // namespace aiops::kernels::cuda
