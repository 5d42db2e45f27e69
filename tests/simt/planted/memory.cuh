// SPDX-License-Identifier: Apache-2.0
// Memory: updates that get lost, blocks that race, copies read too early, a stage overwritten too
// early, addresses beyond an array, at no multiple of the access, of nothing written, of the host.
#pragma once

#include "tests/simt/planted/barriers.cuh"

namespace aiops::planted {

// How many elements fall into each of four classes; both warps add to all.
template <Variant V>
__global__ void classes_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, classes, [4]);
  if (thread() < 4) classes[thread()] = 0;
  __syncthreads();
  if (lane_of_thread() < 4) {
    if (V == Variant::sound) {
      atomicAdd(&classes[lane_of_thread()], in[thread()]);
    } else {
      classes[lane_of_thread()] += in[thread()];
    }
  }
  __syncthreads();
  if (thread() < 4) out[thread()] = classes[thread()];
}

// Each block adds its number to a sum of all.
template <Variant V>
__global__ void blocks_kernel(float* out) {
  if (thread() != 0) return;
  if (V == Variant::sound) {
    atomicAdd(out, static_cast<float>(blockIdx.x));
  } else {
    *out += static_cast<float>(blockIdx.x);
  }
}

// Tiles of four floats a thread, two stages: one is computed on while the other is fetched.
template <Variant Wait, Variant Barrier>
__global__ void stages_kernel(const float* in, float* out) {
  constexpr int kTile = kThreads;
  AIOPS_SHARED(float, stages, [2][kTile]);
  const auto fetch = [&](int i) {
    if (thread() < kTile / 4) cp_async(&stages[i % 2][4 * thread()], in + i * kTile + 4 * thread());
    cp_async_commit();
  };
  float sum = 0;
  fetch(0);
  for (int i = 0; i < kTiles; ++i) {
    if (i + 1 < kTiles) {
      fetch(i + 1);
    } else {
      cp_async_commit();
    }
    cp_async_wait<Wait == Variant::sound ? 1 : 2>();
    __syncthreads();
    sum += stages[i % 2][opposite()];
    if (Barrier == Variant::sound) __syncthreads();
  }
  out[thread()] = sum;
}

// A whole number of packs, and one more.
template <Variant V>
__global__ void packs_kernel(const float* in, float* out) {
  const int packs = kElements / 4 + (V == Variant::sound ? 0 : 1);
  float sum = 0;
  for (int i = thread(); i < packs; i += kThreads) {
    const auto pack = load_pack(in + 4 * i);
    sum += pack[0] + pack[1] + pack[2] + pack[3];
  }
  out[thread()] = sum;
}

template <Variant V>
__global__ void shift_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, row, [kThreads]);
  row[thread() + (V == Variant::sound ? 0 : 1)] = in[thread()];
  __syncthreads();
  out[thread()] = row[opposite()];
}

// The first element of a row of sums is nobody's to write.
template <Variant V>
__global__ void prefix_kernel(const float* in, float* out) {
  AIOPS_SHARED(float, sums, [kThreads + 1]);
  if (V == Variant::sound && thread() == 0) sums[0] = 0;
  sums[thread() + 1] = in[thread()];
  __syncthreads();
  out[thread()] = sums[thread()];
}

template <Variant V>
__global__ void pack_kernel(const float* in, float* out) {
  if (thread() >= kThreads / 4) return;
  store(out + 4 * thread(), load_pack(in + 4 * thread() + (V == Variant::sound ? 0 : 1)));
}

template <typename T>
__global__ void copy_kernel(const T* in, T* out) {
  out[thread()] = in[thread()];
}

}  // namespace aiops::planted
