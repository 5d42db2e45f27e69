// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace aiops::train {

// A shuffle of 0 … size-1 that is computed, not stored: place i of shuffle `key` is a pure
// function, so a position in an epoch is one integer and resuming needs no random state.
class Permutation {
 public:
  Permutation(std::uint64_t size, std::uint64_t key);  // size at least 1
  std::uint64_t operator()(std::uint64_t i) const;     // i < size

 private:
  std::uint64_t encipher(std::uint64_t value) const;

  std::uint64_t size_;
  std::uint64_t key_;
  unsigned half_bits_;
};

// A well-mixed 64-bit function of two numbers (SplitMix64's finaliser over their combination).
std::uint64_t mix(std::uint64_t a, std::uint64_t b);

}  // namespace aiops::train
