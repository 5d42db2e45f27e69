// SPDX-License-Identifier: Apache-2.0
// Numbers as byte planes: first the lowest byte of every number, then the next one, and so on.
// What changes in a trained number are its low bytes; of the others each plane is a run of bytes
// that resemble each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace aiops::pack {

// What is laid into planes.
enum class Transform {
  own,           // the number itself; the base does not matter
  exclusive_or,  // with the base's number
  difference,  // to the base's, as integers, signs folded in: 0, -1, 1, -2, … become 0, 1, 2, 3, …
};

// `numbers`, `base` and `planes` have one length, a multiple of `width`: 1, 2, 4 or 8 bytes.
void split_planes(Transform transform, unsigned width, std::span<const std::byte> numbers,
                  std::span<const std::byte> base, std::span<std::byte> planes);
void join_planes(Transform transform, unsigned width, std::span<const std::byte> planes,
                 std::span<const std::byte> base, std::span<std::byte> numbers);

// The transform whose planes take the fewest bits, by the entropy of a sample of them.
Transform best_transform(unsigned width, std::span<const std::byte> numbers,
                         std::span<const std::byte> base);

}  // namespace aiops::pack
