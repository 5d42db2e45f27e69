// SPDX-License-Identifier: Apache-2.0
// What threads do together: collectives, votes, atomics, copies, tensor cores.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "tests/simt/layer/layer_kernels.hpp"

namespace aiops::layer {

using namespace kernels::cuda;

__device__ __forceinline__ int lane() { return static_cast<int>(threadIdx.x); }

// a is 16×16, b 8×16 (n×k) or, transposed, 16×8 (k×n); both go through shared memory.
template <bool Transposed>
__global__ void product_bf16_kernel(const BFloat16* a, const BFloat16* b, float* c) {
  AIOPS_SHARED(BFloat16, tile_a, [16 * 16]);
  AIOPS_SHARED(BFloat16, tile_b, [8 * 16]);
  store(tile_a + 8 * lane(), load_pack(a + 8 * lane()));
  if (lane() < 16) store(tile_b + 8 * lane(), load_pack(b + 8 * lane()));
  __syncthreads();
  std::uint32_t fragment_a[4];
  std::uint32_t fragment_b[2];
  // Matrices 0 and 1 are the upper and lower eight rows of the first eight columns of a.
  ldmatrix(fragment_a, tile_a + 16 * (lane() % 16) + 8 * (lane() / 16));
  if constexpr (Transposed) {
    ldmatrix_transposed(fragment_b, tile_b + 8 * (lane() % 16));
  } else {
    ldmatrix(fragment_b, tile_b + 16 * (lane() % 8) + 8 * (lane() / 8 % 2));
  }
  float sums[4] = {};
  mma_bf16(sums, fragment_a, fragment_b, sums);
  const int g = lane() / 4;
  const int t = lane() % 4;
  for (int i = 0; i < 4; ++i) c[8 * (g + 8 * (i / 2)) + 2 * t + i % 2] = sums[i];
}

// a is 16×8, b 8×8 (k×n). Each number is split in two that TF32 can hold: three products.
__global__ void product_tf32_kernel(const float* a, const float* b, float* c) {
  const int g = lane() / 4;
  const int t = lane() % 4;
  std::uint32_t large_a[4];
  std::uint32_t small_a[4];
  for (int i = 0; i < 4; ++i) {
    const float x = a[8 * (g + 8 * (i % 2)) + t + 4 * (i / 2)];
    large_a[i] = to_tf32(x);
    small_a[i] = to_tf32(x - bits_to_float(large_a[i]));
  }
  std::uint32_t large_b[2];
  std::uint32_t small_b[2];
  for (int i = 0; i < 2; ++i) {
    const float x = b[8 * (t + 4 * i) + g];
    large_b[i] = to_tf32(x);
    small_b[i] = to_tf32(x - bits_to_float(large_b[i]));
  }
  float sums[4] = {};
  mma_tf32(sums, small_a, large_b, sums);
  mma_tf32(sums, large_a, small_b, sums);
  mma_tf32(sums, large_a, large_b, sums);
  for (int i = 0; i < 4; ++i) c[8 * (g + 8 * (i / 2)) + 2 * t + i % 2] = sums[i];
}

__global__ void exchange_kernel(const std::int32_t* in, std::int32_t* out) {
  const std::int32_t x = in[lane()];
  out += kExchanged * lane();
  out[0] = __shfl_sync(kWholeWarp, x, 5);
  out[1] = __shfl_sync(kWholeWarp, x, 5, 8);
  out[2] = __shfl_up_sync(kWholeWarp, x, 3);
  out[3] = __shfl_up_sync(kWholeWarp, x, 3, 16);
  out[4] = __shfl_down_sync(kWholeWarp, x, 3);
  out[5] = __shfl_down_sync(kWholeWarp, x, 3, 16);
  out[6] = __shfl_xor_sync(kWholeWarp, x, 6);
  out[7] = static_cast<std::int32_t>(__ballot_sync(kWholeWarp, x > 0));
  out[8] = __any_sync(kWholeWarp, x > 1000);
  out[9] = __all_sync(kWholeWarp, x > -1000);
  out[10] = static_cast<std::int32_t>(__shfl_xor_sync(kWholeWarp, 0.5 * x, 1) * 2);
  out[11] =
      static_cast<std::int32_t>(warp_sum(static_cast<float>(x)) + warp_max(static_cast<float>(x)));
}

__global__ void count_kernel(const std::int32_t* in, std::int32_t* counters) {
  const std::int32_t x = in[threadIdx.x];
  const int positive = __syncthreads_count(x > 0);
  const int any = __syncthreads_or(x == 0);
  const int all = __syncthreads_and(x > -1000);
  if (threadIdx.x == 0) counters[0] = positive + 100 * (any != 0) + 1000 * (all != 0);
  atomicAdd(&counters[1], x);
  atomicMax(&counters[2], x);
  atomicMin(&counters[3], x);
  if (x > 0) atomicExch(&counters[4], 1);
  for (std::int32_t seen = 0; seen < x;) {  // the largest, by comparing and swapping
    const std::int32_t old = atomicCAS(&counters[5], seen, x);
    if (old == seen) break;
    seen = old;
  }
  atomicAdd(reinterpret_cast<unsigned*>(&counters[6]), 2U);
  atomicAdd(reinterpret_cast<float*>(&counters[7]), 0.5F);
  AIOPS_SHARED(float, sum, [1]);
  if (threadIdx.x == 0) sum[0] = 0;
  __syncthreads();
  atomicAdd(sum, static_cast<float>(x));
  __syncthreads();
  if (threadIdx.x == 0) counters[8] = static_cast<std::int32_t>(sum[0]);
}

__global__ void copy_kernel(const std::uint8_t* in, std::uint8_t* out) {
  AIOPS_SHARED(std::uint8_t, bytes, [64 * 16]);
  const int begin = 16 * static_cast<int>(threadIdx.x);
  cp_async(bytes + begin, in + begin, static_cast<int>(threadIdx.x) % 17);
  cp_async_commit();
  cp_async_wait<0>();
  __syncthreads();
  const int other = 16 * (63 - static_cast<int>(threadIdx.x));
  store(out + other, load_pack(bytes + other));
}

__global__ void transpose_kernel(const float* in, float* out) {
  AIOPS_DYNAMIC_SHARED(float, all);
  const int row = static_cast<int>(threadIdx.y);
  const int column = static_cast<int>(threadIdx.x);
  for (int k = 0; k < kDepth; ++k)
    all[(row * kColumns + column) * kDepth + k] = in[(k * kRows + row) * kColumns + column];
  __syncthreads();
  for (int k = 0; k < kDepth; ++k) {
    const int from = (kRows - 1 - row) * kColumns + column;
    out[from * kDepth + k] = all[from * kDepth + k];
  }
}

}  // namespace aiops::layer
