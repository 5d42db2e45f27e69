// SPDX-License-Identifier: Apache-2.0
// A Feistel network is a permutation of 2^(2h) whatever its round function is; values that fall
// outside 0 … size-1 are enciphered again until they fall inside (cycle walking), which keeps it a
// permutation. The power of four is less than four times the size, so four turns are expected.
#include "train/data/permutation.hpp"

#include <bit>

namespace aiops::train {
namespace {

constexpr unsigned kRounds = 6;

}  // namespace

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  std::uint64_t z = a + 0x9E3779B97F4A7C15 * (b + 1);
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

Permutation::Permutation(std::uint64_t size, std::uint64_t key)
    : size_(size),
      key_(key),
      half_bits_((static_cast<unsigned>(std::bit_width(size - 1)) + 1) / 2) {
  if (half_bits_ == 0) half_bits_ = 1;
}

std::uint64_t Permutation::operator()(std::uint64_t i) const {
  do i = encipher(i);
  while (i >= size_);
  return i;
}

std::uint64_t Permutation::encipher(std::uint64_t value) const {
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  std::uint64_t left = value >> half_bits_;
  std::uint64_t right = value & mask;
  for (unsigned round = 0; round < kRounds; ++round) {
    const std::uint64_t next = left ^ (mix(mix(key_, round), right) & mask);
    left = right;
    right = next;
  }
  return left << half_bits_ | right;
}

}  // namespace aiops::train
