// SPDX-License-Identifier: Apache-2.0
// How floating-point modifiers change values.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace aiops::simt::ptx {

// .ftz: numbers below the smallest normal one become zero, their sign stays.
inline float flushed(float x) {
  return std::fabs(x) < std::numeric_limits<float>::min() ? std::copysign(0.0F, x) : x;
}

// .sat: to [0, 1]; a NaN becomes 0.
inline float saturated(float x) { return x > 0 ? (x < 1 ? x : 1.0F) : 0.0F; }

// The NaN that instructions make.
inline float made_by_hardware(float x) {
  return x != x ? std::bit_cast<float>(std::uint32_t{0x7FFFFFFF}) : x;
}

}  // namespace aiops::simt::ptx
