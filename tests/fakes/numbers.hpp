// SPDX-License-Identifier: Apache-2.0
// Elements of tensors as the libraries hold them, read and written as numbers.
#pragma once

#include <library_types.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace aiops::fakes {

inline std::size_t size_of(cudaDataType type) { return type == CUDA_R_16BF ? 2 : 4; }

inline float from_bf16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

// To the nearest, ties to even; a NaN stays one.
inline std::uint16_t to_bf16(float value) {
  if (std::isnan(value)) return 0x7FFF;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

inline double read_number(const void* array, cudaDataType type, std::uint64_t index) {
  const auto* at = static_cast<const std::byte*>(array) + index * size_of(type);
  if (type == CUDA_R_16BF) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, at, sizeof bits);
    return static_cast<double>(from_bf16(bits));
  }
  float value = 0;
  std::memcpy(&value, at, sizeof value);
  return static_cast<double>(value);
}

inline void write_number(void* array, cudaDataType type, std::uint64_t index, double number) {
  auto* at = static_cast<std::byte*>(array) + index * size_of(type);
  const auto value = static_cast<float>(number);
  if (type == CUDA_R_16BF) {
    const std::uint16_t bits = to_bf16(value);
    std::memcpy(at, &bits, sizeof bits);
  } else {
    std::memcpy(at, &value, sizeof value);
  }
}

// GELU in the form with tanh, and its slope.
inline double gelu_inner(double x) { return 0.7978845608028654 * (x + 0.044715 * x * x * x); }
inline double gelu(double x) { return 0.5 * x * (1 + std::tanh(gelu_inner(x))); }
inline double gelu_slope(double x) {
  const double t = std::tanh(gelu_inner(x));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 3 * 0.044715 * x * x);
}

}  // namespace aiops::fakes
