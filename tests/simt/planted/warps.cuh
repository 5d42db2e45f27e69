// SPDX-License-Identifier: Apache-2.0
// Warps: masks that promise lanes which do not come, or leave one out; shuffles from lanes that
// gave nothing; memory between lanes without __syncwarp(), or with one that does not name both.
#pragma once

#include "tests/simt/planted/barriers.cuh"

namespace aiops::planted {

template <Variant V>
__global__ void mask_kernel(const float* in, float* out) {
  float sum = in[thread()];
  if (lane_of_thread() < 16) {
    const unsigned mask = V == Variant::sound ? 0xFFFFU : kWholeWarp;
    for (int step = 8; step > 0; step /= 2) sum += __shfl_xor_sync(mask, sum, step);
  }
  __syncthreads();
  out[thread()] = sum;
}

template <Variant V>
__global__ void without_me_kernel(const float* in, float* out) {
  const unsigned mask = V == Variant::sound || lane_of_thread() != 3 ? kWholeWarp : ~8U;
  out[thread()] = static_cast<float>(__ballot_sync(mask, in[thread()] > 0));
}

// The upper half has left when the lower half asks it.
template <Variant V>
__global__ void nobody_kernel(const float* in, float* out) {
  if (V == Variant::faulty && lane_of_thread() >= 16) return;
  const unsigned mask = V == Variant::sound ? kWholeWarp : 0xFFFFU;
  out[thread()] = __shfl_down_sync(mask, in[thread()], 4);
}

template <Variant V>
__global__ void neighbour_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, values, [kThreads]);
  values[thread()] = in[thread()];
  if (V == Variant::sound) __syncwarp();
  out[thread()] = values[thread() ^ 1];
}

// Halves of a warp exchange values; the barrier joins each half by itself.
template <Variant V>
__global__ void halves_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, values, [kThreads]);
  values[thread()] = in[thread()];
  const unsigned half = lane_of_thread() < 16 ? 0xFFFFU : 0xFFFF0000U;
  __syncwarp(V == Variant::sound ? kWholeWarp : half);
  out[thread()] = values[thread() ^ 16];
}

}  // namespace aiops::planted
