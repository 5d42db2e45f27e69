// SPDX-License-Identifier: Apache-2.0
// The element types of tensors on the device: float, and bfloat16, the upper half of a float.
// Kernels compute in float: to_float() on the way in, from_float<T>() on the way out.
#pragma once

#include <cstdint>
#if defined(__CUDACC__)
#define AIOPS_DEVICE __device__ __forceinline__
#else
#include <bit>
#define AIOPS_DEVICE inline
#endif

namespace aiops::kernels::cuda {

struct alignas(2) BFloat16 {
  std::uint16_t bits;
};

#if defined(__CUDACC__)

__device__ __forceinline__ float bits_to_float(std::uint32_t bits) { return __uint_as_float(bits); }
__device__ __forceinline__ std::uint32_t float_to_bits(float x) { return __float_as_uint(x); }

// The nearest bfloat16, ties to even; every NaN becomes 0x7FFF.
__device__ __forceinline__ BFloat16 to_bfloat16(float x) {
  BFloat16 y;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}

// Two of them in a register, `low` in its lower half: part of a fragment of mma_bf16().
__device__ __forceinline__ std::uint32_t pack_bfloat16(float low, float high) {
  std::uint32_t bits;
  asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(bits) : "f"(high), "f"(low));
  return bits;
}

#else

inline float bits_to_float(std::uint32_t bits) { return std::bit_cast<float>(bits); }
inline std::uint32_t float_to_bits(float x) { return std::bit_cast<std::uint32_t>(x); }

inline BFloat16 to_bfloat16(float x) {
  if (x != x) return {0x7FFF};
  const std::uint32_t bits = float_to_bits(x);
  return {static_cast<std::uint16_t>((bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U)};
}

inline std::uint32_t pack_bfloat16(float low, float high) {
  return std::uint32_t{to_bfloat16(high).bits} << 16U | to_bfloat16(low).bits;
}

#endif

AIOPS_DEVICE float to_float(float x) { return x; }
AIOPS_DEVICE float to_float(BFloat16 x) { return bits_to_float(std::uint32_t{x.bits} << 16U); }

template <typename T>
AIOPS_DEVICE T from_float(float x) {
  if constexpr (sizeof(T) == sizeof(BFloat16)) {
    return to_bfloat16(x);
  } else {
    return x;
  }
}

}  // namespace aiops::kernels::cuda

#undef AIOPS_DEVICE
