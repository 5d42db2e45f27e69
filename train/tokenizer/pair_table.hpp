// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/tokenizer/bpe.hpp"

#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace aiops::train {

// What is known of two tokens that stand beside each other.
struct PairCount {
  std::int64_t count = 0;
  std::vector<std::uint32_t> places = {};  // where the first began when it was seen
};

// The pairs by their keys (key_of); none is ever taken out. Open addressing, at most half full.
class PairTable {
 public:
  PairTable() : slots_(1 << 12) {}

  // References hold until the next call.
  PairCount& operator[](std::uint64_t key) {
    if (2 * (size_ + 1) > slots_.size()) grow();
    Slot& slot = slots_[slot_of(key)];
    if (slot.key == kFree) {
      slot.key = key;
      ++size_;
    }
    return slot.pair;
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const Slot& slot : slots_)
      if (slot.key != kFree) visit(slot.key, slot.pair);
  }

 private:
  static constexpr std::uint64_t kFree = std::numeric_limits<std::uint64_t>::max();
  struct Slot {
    std::uint64_t key = kFree;
    PairCount pair = {};
  };

  std::size_t slot_of(std::uint64_t key) const {
    std::uint64_t hash = key * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
    std::size_t at = hash & (slots_.size() - 1);
    while (slots_[at].key != key && slots_[at].key != kFree) at = (at + 1) & (slots_.size() - 1);
    return at;
  }

  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (Slot& slot : old)
      if (slot.key != kFree) slots_[slot_of(slot.key)] = std::move(slot);
  }

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace aiops::train
