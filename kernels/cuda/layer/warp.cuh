// SPDX-License-Identifier: Apache-2.0
// Reductions over all 32 lanes of a warp, and over a block. Every thread gets the result. The order
// of the sum follows from the lanes alone: the same bits in every run.
#pragma once

#include "kernels/cuda/layer/shared.cuh"
#if !defined(__CUDACC__)
#include "kernels/cuda/layer/words.cuh"
#endif

namespace aiops::kernels::cuda {

inline constexpr unsigned kWholeWarp = 0xFFFFFFFFU;
inline constexpr int kWarp = 32;

__device__ __forceinline__ int lane_of_thread() { return static_cast<int>(threadIdx.x) % kWarp; }
__device__ __forceinline__ int warp_of_thread() { return static_cast<int>(threadIdx.x) / kWarp; }

// T is float, double or an integer.
template <typename T>
__device__ __forceinline__ T warp_sum(T value) {
#pragma unroll
  for (int step = kWarp / 2; step > 0; step /= 2) value += __shfl_xor_sync(kWholeWarp, value, step);
  return value;
}

__device__ __forceinline__ float warp_max(float value) {
#pragma unroll
  for (int step = kWarp / 2; step > 0; step /= 2)
    value = fmaxf(value, __shfl_xor_sync(kWholeWarp, value, step));
  return value;
}

// Of a one-dimensional block of Warps whole warps; T is float, double or an integer. Before it is
// called again, or shared memory that others may still read is written, the block must meet a
// barrier.
template <int Warps, typename T>
__device__ __forceinline__ T block_sum(T value) {
  AIOPS_SHARED(T, sums, [Warps]);
  value = warp_sum(value);
  if (lane_of_thread() == 0) sums[warp_of_thread()] = value;
  __syncthreads();
  value = 0;
#pragma unroll
  for (int warp = 0; warp < Warps; ++warp) value += sums[warp];
  return value;
}

template <int Warps>
__device__ __forceinline__ float block_max(float value) {
  AIOPS_SHARED(float, maxima, [Warps]);
  value = warp_max(value);
  if (lane_of_thread() == 0) maxima[warp_of_thread()] = value;
  __syncthreads();
  value = maxima[0];
#pragma unroll
  for (int warp = 1; warp < Warps; ++warp) value = fmaxf(value, maxima[warp]);
  return value;
}

// The sum over the threads before this one. Ends with a barrier.
template <int Warps>
__device__ __forceinline__ unsigned block_exclusive_sum(unsigned value) {
  AIOPS_SHARED(unsigned, totals, [Warps]);
  unsigned sum = value;
#pragma unroll
  for (int step = 1; step < kWarp; step *= 2) {
    const unsigned before = __shfl_up_sync(kWholeWarp, sum, step);
    if (lane_of_thread() >= step) sum += before;
  }
  if (lane_of_thread() == kWarp - 1) totals[warp_of_thread()] = sum;
  __syncthreads();
  for (int warp = 0; warp < warp_of_thread(); ++warp) sum += totals[warp];
  __syncthreads();
  return sum - value;
}

}  // namespace aiops::kernels::cuda
