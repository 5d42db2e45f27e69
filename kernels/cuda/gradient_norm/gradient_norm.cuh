// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/gradient_norm/gradient_norm.hpp"
#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

// Block b takes every kNormParts-th stretch of kElementThreads packs, beginning with the b-th.
template <int N>
__global__ void __launch_bounds__(kElementThreads)
    squared_norm_parts_kernel(std::int64_t count, const float* __restrict__ values,
                              double* __restrict__ parts) {
  double sum = 0;
  for (std::int64_t i = first_element<N>(); i < count; i += kNormParts * kElementThreads * N) {
    const auto pack = load<N>(values + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      const double x = pack[k];
      sum += x * x;
    }
  }
  sum = block_sum<kElementThreads / kWarp>(sum);
  if (threadIdx.x == 0) parts[blockIdx.x] = sum;
}

// One block; the parts that no block wrote are not read.
__global__ void __launch_bounds__(kElementThreads)
    squared_norm_kernel(int count, const double* __restrict__ parts, double* __restrict__ sum) {
  double own = 0;
  for (int i = static_cast<int>(threadIdx.x); i < count; i += kElementThreads) own += parts[i];
  own = block_sum<kElementThreads / kWarp>(own);
  if (threadIdx.x == 0) *sum = own;
}

__global__ void clip_scale_kernel(const double* squares, float max_norm, float* norm,
                                  float* scale) {
  const auto length = static_cast<float>(sqrt(*squares));
  *norm = length;
  *scale = max_norm > 0 && !(length <= max_norm) ? max_norm / length : 1;
}

// The factor is made in double precision, which is slow: by one thread for all of its block.
template <int N>
__global__ void __launch_bounds__(kElementThreads)
    normalise_kernel(std::int64_t count, const double* __restrict__ squares, double epsilon,
                     float* __restrict__ values) {
  AIOPS_SHARED(float, factor, [1]);
  if (threadIdx.x == 0) factor[0] = static_cast<float>(1 / (sqrt(*squares) + epsilon));
  __syncthreads();
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  auto pack = load<N>(values + i);
#pragma unroll
  for (int k = 0; k < N; ++k) pack[k] *= factor[0];
  store(values + i, pack);
}

}  // namespace aiops::kernels::cuda
