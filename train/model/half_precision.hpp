// SPDX-License-Identifier: Apache-2.0
// The 16-bit floating-point formats of weight files: IEEE 754 binary16 and bfloat16, the upper half
// of a binary32.
#pragma once

#include <bit>
#include <cstdint>

namespace aiops::train {

inline float from_bfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// Rounds to nearest, ties to even; a NaN stays one, and quiet.
inline std::uint16_t to_bfloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

// Subnormals are scaled by 2^-24, which is exact.
inline float from_float16(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1F;
  const std::uint32_t mantissa = bits & 0x3FF;
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return sign ? -magnitude : magnitude;
  }
  const std::uint32_t wide = exponent == 0x1F ? 0xFF : exponent + 112;
  return std::bit_cast<float>(sign | wide << 23 | mantissa << 13);
}

// Rounds to nearest, ties to even; what is too large becomes infinite, a NaN stays one.
inline std::uint16_t to_float16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint32_t>(bits >> 16 & 0x8000);
  const std::uint32_t magnitude = bits & 0x7FFFFFFF;
  const auto with_sign = [&](std::uint32_t half) {
    return static_cast<std::uint16_t>(sign | half);
  };
  if (magnitude > 0x7F800000) return with_sign(0x7E00);   // NaN
  if (magnitude >= 0x477FF000) return with_sign(0x7C00);  // 65520 and above
  // Subnormal halves: adding 0.5 leaves the rounded multiple of 2^-24 in the low bits.
  if (magnitude < 0x38800000)
    return with_sign(std::bit_cast<std::uint32_t>(std::bit_cast<float>(magnitude) + 0.5F) -
                     0x3F000000);
  return with_sign((magnitude - 0x38000000 + 0xFFF + (magnitude >> 13 & 1)) >> 13);
}

}  // namespace aiops::train
