// SPDX-License-Identifier: Apache-2.0
// An exponential that loops can vectorise: libm's expf is a call per element and would cost more
// than the matrix products of a small model.
#pragma once

#include <bit>
#include <cstdint>

namespace aiops::kernels {

// e^x within 2 units in the last place (relative error below 2.4e-7) for -87.3 <= x <= 88.3; 0
// below, e^88.3 above, NaN for NaN.
//
// x = n ln 2 + r with |r| <= ln 2 / 2. Adding 1.5·2^23 rounds x / ln 2 to the integer n and leaves
// n in the low bits of the sum, so no conversion is needed. ln 2 is taken off in two parts, the
// first with few enough bits that n times it is exact; the polynomial is Taylor's to r^7, whose
// remainder is 5e-9.
inline float exponential(float x) {
  constexpr float kLowest = -87.3F;
  constexpr float kHighest = 88.3F;
  constexpr float kRounder = 12582912.0F;  // 1.5 · 2^23
  float clamped = x < kLowest ? kLowest : x;
  clamped = clamped > kHighest ? kHighest : clamped;
  const float shifted = clamped * 1.44269504088896341F + kRounder;
  const float n = shifted - kRounder;
  float r = clamped - n * 0.693359375F;
  r = r - n * -2.12194440054690583e-4F;
  float p = 1.0F / 5040;
  p = p * r + 1.0F / 720;
  p = p * r + 1.0F / 120;
  p = p * r + 1.0F / 24;
  p = p * r + 1.0F / 6;
  p = p * r + 0.5F;
  p = p * r + 1.0F;
  p = p * r + 1.0F;
  const std::uint32_t exponent = (std::bit_cast<std::uint32_t>(shifted) + 127U) << 23U;
  const float result = p * std::bit_cast<float>(exponent);
  return x < kLowest ? 0.0F : result;
}

// 1 / (1 + e^-x).
inline float logistic(float x) { return 1.0F / (1.0F + exponential(-x)); }

}  // namespace aiops::kernels
