// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/planes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <vector>

namespace aiops::pack {
namespace {

using Bytes = std::vector<std::byte>;

Bytes random_bytes(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  Bytes bytes(size);
  for (auto& byte : bytes) byte = static_cast<std::byte>(random());
  return bytes;
}

template <typename Word>
Bytes bytes_of(const std::vector<Word>& words) {
  Bytes bytes(words.size() * sizeof(Word));
  std::memcpy(bytes.data(), words.data(), bytes.size());
  return bytes;
}

TEST(Planes, AreTakenApartAndPutTogether) {
  for (const unsigned width : {1U, 2U, 4U, 8U})
    for (const auto transform : {Transform::own, Transform::exclusive_or, Transform::difference}) {
      const Bytes numbers = random_bytes(8 * 251, width);
      const Bytes base = random_bytes(numbers.size(), 100 + width);
      Bytes planes(numbers.size()), back(numbers.size());
      split_planes(transform, width, numbers, base, planes);
      join_planes(transform, width, planes, base, back);
      EXPECT_EQ(back, numbers) << width;
    }
}

TEST(Planes, BeginWithTheLowestByteOfEveryNumber) {
  const Bytes numbers = bytes_of<std::uint32_t>({0x04030201, 0x14131211});
  Bytes planes(8);
  split_planes(Transform::own, 4, numbers, numbers, planes);
  EXPECT_EQ(planes, bytes_of<std::uint8_t>({1, 0x11, 2, 0x12, 3, 0x13, 4, 0x14}));
}

TEST(Planes, DifferencesFoldTheirSigns) {
  const Bytes base = bytes_of<std::uint16_t>({7, 7, 7, 0, 0xFFFF});
  const Bytes numbers = bytes_of<std::uint16_t>({7, 6, 8, 0xFFFF, 0});
  Bytes planes(10);
  split_planes(Transform::difference, 2, numbers, base, planes);
  EXPECT_EQ(planes, bytes_of<std::uint8_t>({0, 1, 2, 1, 2, 0, 0, 0, 0, 0}));
}

TEST(Planes, TheBestTransformFollowsFromTheNumbers) {
  std::mt19937 random(3);
  std::vector<std::uint32_t> base(4096), near(4096), flipped(4096), alike(4096);
  for (std::size_t i = 0; i < base.size(); ++i) {
    base[i] = static_cast<std::uint32_t>(random());
    near[i] = base[i] + random() % 64 - 32;                // carries reach the high bytes
    flipped[i] = base[i] ^ (random() % 2 * 0x80000000U);   // one bit, and a large difference
    alike[i] = static_cast<std::uint32_t>(random() % 16);  // nothing to do with the base
  }
  EXPECT_EQ(best_transform(4, bytes_of(near), bytes_of(base)), Transform::difference);
  EXPECT_EQ(best_transform(4, bytes_of(flipped), bytes_of(base)), Transform::exclusive_or);
  EXPECT_EQ(best_transform(4, bytes_of(alike), bytes_of(base)), Transform::own);
}

}  // namespace
}  // namespace aiops::pack
