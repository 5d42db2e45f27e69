// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace aiops::train {

using TokenId = std::int32_t;
using TokenPair = std::pair<TokenId, TokenId>;

// A pair of tokens as one key.
constexpr std::uint64_t key_of(TokenPair pair) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(pair.first)) << 32 |
         static_cast<std::uint32_t>(pair.second);
}

// The learnt merges: which two neighbours become which token, and how early each was learnt.
class MergeTable {
 public:
  struct Merge {
    std::uint32_t rank;
    TokenId result;
  };

  MergeTable() { reserve(0); }
  void reserve(std::size_t count);
  // Of equal pairs the last holds, as in the tokenizers package. Merges of one rank count as
  // equally early.
  void add(TokenPair pair, TokenId result, std::uint32_t rank);
  const Merge* find(TokenPair pair) const;
  std::size_t size() const { return size_; }

  // Merges the tokens of one piece in place: always the pair learnt first, the leftmost on ties,
  // until none is left. n log n, whatever the text.
  void apply(std::vector<TokenId>& tokens) const;

 private:
  // Open addressing with linear probing, at most half full.
  struct Slot {
    std::uint64_t key;
    Merge merge;
  };
  std::size_t slot_of(std::uint64_t key) const;
  void apply_to_few(std::vector<TokenId>& tokens) const;

  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

}  // namespace aiops::train
