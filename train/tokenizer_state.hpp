// SPDX-License-Identifier: Apache-2.0
// What a Tokenizer is made of; for the files that build and use one.
#pragma once

#include "train/bpe.hpp"
#include "train/tokenizer.hpp"

#include <array>

namespace aiops::train {

struct AddedToken {
  std::string content;
  TokenId id;
};

enum class Digits { together, alone };  // alone: each \p{N} is split off first, as SmolLM2 does
enum class WholePieces { merge, look_up_first };  // tokenizer.json's ignore_merges

struct Tokenizer::State {
  std::vector<std::string> bytes;          // by id; empty where an id is not used
  std::array<TokenId, 256> byte_tokens{};  // of single bytes
  MergeTable merges;
  std::vector<TokenPair> merge_order;               // for writing
  std::vector<AddedToken> added;                    // longest first
  std::unordered_map<std::string, TokenId> pieces;  // filled only for look_up_first
  Digits digits = Digits::together;
  WholePieces whole_pieces = WholePieces::merge;
  std::string json;  // the exact bytes it was read from, or would be read from
};

}  // namespace aiops::train
