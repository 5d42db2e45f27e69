// SPDX-License-Identifier: Apache-2.0
// Barriers of the block: forgotten after a write, before an overwrite, and met at two places.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "tests/simt/planted/planted.hpp"

namespace aiops::planted {

using namespace kernels::cuda;

__device__ __forceinline__ int thread() { return static_cast<int>(threadIdx.x); }
// A thread of the other warp.
__device__ __forceinline__ int opposite() { return kThreads - 1 - thread(); }

// The sum over the block, of which each warp brings half.
template <Variant V>
__global__ void total_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, sums, [kThreads / kWarp]);
  const float sum = warp_sum(in[thread()]);
  if (lane_of_thread() == 0) sums[warp_of_thread()] = sum;
  if (V == Variant::sound) __syncthreads();
  out[thread()] = sums[0] + sums[1];
}

// Tiles go through shared memory, where the next one overwrites what others may still read.
template <Variant V>
__global__ void tiles_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, tile, [kThreads]);
  float sum = 0;
  for (int i = 0; i < kTiles; ++i) {
    if (V == Variant::sound) __syncthreads();
    tile[thread()] = in[i * kThreads + thread()];
    __syncthreads();
    sum += tile[opposite()];
  }
  out[thread()] = sum;
}

// Half of a warp waits at one barrier, half at another.
template <Variant V>
__global__ void branches_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, tile, [kThreads]);
  if (V == Variant::sound || thread() % kWarp < kWarp / 2) {
    tile[thread()] = in[thread()];
    __syncthreads();
  } else {
    tile[thread()] = -in[thread()];
    __syncthreads();
  }
  out[thread()] = tile[opposite()];
}

}  // namespace aiops::planted
