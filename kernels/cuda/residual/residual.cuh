// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    residual_add_kernel(std::int64_t count, const T* __restrict__ branch, T* __restrict__ stream) {
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  const auto from = load<N>(branch + i);
  auto to = load<N>(stream + i);
#pragma unroll
  for (int k = 0; k < N; ++k) to[k] = from_float<T>(to_float(to[k]) + to_float(from[k]));
  store(stream + i, to);
}

}  // namespace aiops::kernels::cuda
