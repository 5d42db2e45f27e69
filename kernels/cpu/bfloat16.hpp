// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <bit>
#include <cstdint>

namespace aiops::kernels {

// The bfloat16 nearest to x, ties to even, as the float that it is: the upper 16 bits of a float.
// Infinite when x is beyond the largest; a NaN stays one.
inline float to_bfloat16(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  const std::uint32_t rounded = bits + 0x7FFFU + ((bits >> 16U) & 1U);
  const std::uint32_t quiet = bits | 0x400000U;
  return std::bit_cast<float>((x != x ? quiet : rounded) & 0xFFFF0000U);
}

}  // namespace aiops::kernels
