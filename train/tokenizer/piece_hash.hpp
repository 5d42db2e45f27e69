// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace aiops::train {

// A hash for pieces of text, most of which have a few bytes.
inline std::uint64_t piece_hash(std::string_view piece) {
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  std::uint64_t value = piece.size() * kOdd;
  const auto mix = [&](std::uint64_t word) {
    value = (value ^ word) * kOdd;
    value ^= value >> 29;
  };
  while (piece.size() >= 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, piece.data(), 8);
    mix(word);
    piece.remove_prefix(8);
  }
  std::uint64_t word = 0;
  for (const char c : piece) word = word << 8 | static_cast<unsigned char>(c);
  mix(word);
  return value ^ value >> 32;
}

}  // namespace aiops::train
