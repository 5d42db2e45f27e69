// SPDX-License-Identifier: Apache-2.0
// One thread for a block of Philox4x32-10, whose 128 bits are of eight elements that lie 64 apart
// (kernels/cpu/dropout.cpp): so neighbouring threads have neighbouring elements.
#pragma once

#include "kernels/cuda/dropout/dropout.hpp"
#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

inline constexpr int kDropoutThreads = 256;
inline constexpr int kDropoutBlocks = 64, kDropoutHalves = 8;
inline constexpr int kDropoutGroup = kDropoutBlocks * kDropoutHalves;  // elements

struct PhiloxBlock {
  std::uint32_t words[4];
};

// kernels::philox() of (block, stream) under the key `seed`.
__device__ __forceinline__ PhiloxBlock philox_block(std::uint64_t seed, std::uint64_t stream,
                                                    std::uint64_t block) {
  auto c0 = static_cast<std::uint32_t>(block);
  auto c1 = static_cast<std::uint32_t>(block >> 32U);
  auto c2 = static_cast<std::uint32_t>(stream);
  auto c3 = static_cast<std::uint32_t>(stream >> 32U);
  auto k0 = static_cast<std::uint32_t>(seed);
  auto k1 = static_cast<std::uint32_t>(seed >> 32U);
#pragma unroll
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53U} * c0;
    const std::uint64_t p1 = std::uint64_t{0xCD9E8D57U} * c2;
    c0 = static_cast<std::uint32_t>(p1 >> 32U) ^ c1 ^ k0;
    c2 = static_cast<std::uint32_t>(p0 >> 32U) ^ c3 ^ k1;
    c1 = static_cast<std::uint32_t>(p1);
    c3 = static_cast<std::uint32_t>(p0);
    k0 += 0x9E3779B9U;
    k1 += 0xBB67AE85U;
  }
  return {{c0, c1, c2, c3}};
}

// Calls with(i, factor) for the elements of this thread, counted from the first that is asked for.
template <typename With>
__device__ __forceinline__ void for_each_kept_or_dropped(const Dropout& shape,
                                                         const DropoutRow& from, DropoutLevel level,
                                                         const With& with) {
  const std::uint64_t row = from.row == nullptr ? 0 : *from.row;
  const std::uint64_t first = shape.first + from.width * row;
  const std::int64_t thread = std::int64_t{blockIdx.x} * kDropoutThreads + threadIdx.x;
  const std::uint64_t block =
      first / kDropoutGroup * kDropoutBlocks + static_cast<std::uint64_t>(thread);
  const auto skipped = static_cast<std::int64_t>(first % kDropoutGroup);
  const std::int64_t begin = thread / kDropoutBlocks * kDropoutGroup + thread % kDropoutBlocks;
  const PhiloxBlock bits = philox_block(shape.seed, shape.stream, block);
#pragma unroll
  for (int half = 0; half < kDropoutHalves; ++half) {
    const std::int64_t i = begin + half * kDropoutBlocks - skipped;
    if (i < 0 || i >= shape.count) continue;
    const std::uint32_t random = bits.words[half / 2] >> (half % 2 * 16) & 0xFFFFU;
    with(i, random < level.dropped ? 0.0F : level.scale);
  }
}

// Not __restrict__: it may run in place.
template <typename T>
__global__ void __launch_bounds__(kDropoutThreads)
    dropout_forward_kernel(Dropout shape, DropoutRow from, DropoutLevel level, const T* x, T* y) {
  for_each_kept_or_dropped(shape, from, level, [&](std::int64_t i, float factor) {
    y[i] = from_float<T>(to_float(x[i]) * factor);
  });
}

template <typename T>
__global__ void __launch_bounds__(kDropoutThreads)
    dropout_backward_kernel(Dropout shape, DropoutRow from, DropoutLevel level,
                            const T* __restrict__ y_gradient, T* __restrict__ x_gradient) {
  for_each_kept_or_dropped(shape, from, level, [&](std::int64_t i, float factor) {
    x_gradient[i] = from_float<T>(to_float(x_gradient[i]) + to_float(y_gradient[i]) * factor);
  });
}

}  // namespace aiops::kernels::cuda
