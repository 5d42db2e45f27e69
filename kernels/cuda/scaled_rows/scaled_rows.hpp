// SPDX-License-Identifier: Apache-2.0
// Copies of rows on the device: the contract of kernels/scaled_rows.hpp for T = float and BFloat16.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/scaled_rows.hpp"

namespace aiops::kernels::cuda {

// `to` is overwritten or added to, as the shape says.
template <typename T>
LaunchStatus scaled_rows(const ScaledRows& shape, const T* from, T* to, Stream stream);

}  // namespace aiops::kernels::cuda
