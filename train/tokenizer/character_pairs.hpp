// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace aiops::train {

// Which two characters may stand beside each other inside a token that merges make. Between two
// others a text may be cut, and each part merged by itself: no merge would have reached across.
class CharacterPairs {
 public:
  CharacterPairs() : slots_(16, kFree) {}

  void add(char32_t first, char32_t second) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    std::uint64_t& slot = slots_[slot_of(key(first, second))];
    if (slot == kFree) ++size_;
    slot = key(first, second);
  }

  bool contains(char32_t first, char32_t second) const {
    return slots_[slot_of(key(first, second))] != kFree;
  }

 private:
  static constexpr std::uint64_t kFree = std::numeric_limits<std::uint64_t>::max();

  static std::uint64_t key(char32_t first, char32_t second) {
    return std::uint64_t{first} << 32 | second;
  }

  std::size_t slot_of(std::uint64_t key) const {
    std::uint64_t hash = key * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at] != key && slots_[at] != kFree) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void grow() {
    std::vector<std::uint64_t> old(2 * slots_.size(), kFree);
    old.swap(slots_);
    for (const std::uint64_t key : old)
      if (key != kFree) slots_[slot_of(key)] = key;
  }

  std::vector<std::uint64_t> slots_;  // open addressing, at most half full
  std::size_t size_ = 0;
};

}  // namespace aiops::train
