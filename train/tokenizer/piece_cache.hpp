// SPDX-License-Identifier: Apache-2.0
// Natural text repeats its pieces: most are answered from here.
#pragma once

#include "train/tokenizer/bpe.hpp"
#include "train/tokenizer/piece_hash.hpp"

#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// Remembers the tokens of pieces up to 64 bytes, the first 131,072 that it meets. Open addressing
// at most half full; texts and tokens lie in one block each.
class PieceCache {
 public:
  PieceCache() : slots_(2 * kPieces) {}

  static bool takes(std::string_view piece) { return piece.size() <= kLongest; }

  // The tokens of a piece that takes() says yes to; empty when they are not known.
  std::span<const TokenId> find(std::string_view piece) {
    hash_ = piece_hash(piece);
    for (at_ = hash_ & kMask;; at_ = (at_ + 1) & kMask) {
      const Slot& slot = slots_[at_];
      if (slot.tokens == 0) return {};
      if (slot.hash == hash_ && slot.size == piece.size() &&
          std::memcmp(texts_.data() + slot.text, piece.data(), piece.size()) == 0)
        return {ids_.data() + slot.first, slot.tokens};
    }
  }

  // Remembers what find() was asked for last.
  void add(std::string_view piece, std::span<const TokenId> tokens) {
    if (count_ == kPieces || tokens.empty()) return;
    ++count_;
    slots_[at_] = {
        hash_, static_cast<std::uint32_t>(texts_.size()), static_cast<std::uint32_t>(ids_.size()),
        static_cast<std::uint16_t>(piece.size()), static_cast<std::uint16_t>(tokens.size())};
    texts_ += piece;
    ids_.insert(ids_.end(), tokens.begin(), tokens.end());
  }

 private:
  static constexpr std::size_t kPieces = 1 << 17;
  static constexpr std::size_t kMask = 2 * kPieces - 1;
  static constexpr std::size_t kLongest = 64;

  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t text = 0;
    std::uint32_t first = 0;
    std::uint16_t size = 0;
    std::uint16_t tokens = 0;  // 0: free
  };

  std::vector<Slot> slots_;
  std::string texts_;
  std::vector<TokenId> ids_;
  std::size_t count_ = 0;
  std::uint64_t hash_ = 0;  // of the piece that find() was asked for last, and its place
  std::size_t at_ = 0;
};

}  // namespace aiops::train
