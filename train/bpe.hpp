// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <unordered_map>
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

  void reserve(std::size_t count) { merges_.reserve(count); }
  // The first of two equal pairs holds.
  void add(TokenPair pair, TokenId result);
  const Merge* find(TokenPair pair) const;
  std::size_t size() const { return merges_.size(); }

  // Merges the tokens of one piece in place: always the pair learnt first, the leftmost on ties,
  // until none is left. n log n, whatever the text.
  void apply(std::vector<TokenId>& tokens) const;

 private:
  std::unordered_map<std::uint64_t, Merge> merges_;
};

}  // namespace aiops::train
