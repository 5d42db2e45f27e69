// SPDX-License-Identifier: Apache-2.0
// What a Tokenizer is made of; for the files that build and use one.
#pragma once

#include "train/tokenizer/added_tokens.hpp"
#include "train/tokenizer/bpe.hpp"
#include "train/tokenizer/character_pairs.hpp"
#include "train/tokenizer/components.hpp"
#include "train/tokenizer/tokenizer.hpp"

#include <array>
#include <functional>
#include <string>
#include <unordered_map>

namespace aiops::train {

enum class WholePieces { merge, look_up_first };  // tokenizer.json's ignore_merges

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const {
    return std::hash<std::string_view>()(text);
  }
};

struct Tokenizer::State {
  Components components;
  std::vector<std::string> bytes;  // by id, as they are decoded; empty where an id is not used
  // Of single bytes: the first tokens of a byte-level piece, and what byte_fallback turns a
  // character without a token into; -1 where there is none.
  std::array<TokenId, 256> byte_tokens{};
  std::unordered_map<char32_t, TokenId> characters;  // the first tokens of other pieces
  TokenId unknown = -1;
  bool fuses_unknown = false;
  MergeTable merges;
  // Of other pieces than of bytes: what merges may reach across, and whether that is told by
  // characters at all.
  CharacterPairs joined;
  bool cuts_between_characters = false;
  bool falls_back_to_bytes = false;  // each byte has a token
  AddedTokens added;                 // looked for in the text as it is given
  AddedTokens normalized_added;      // looked for after normalisation
  std::vector<TokenId> special;      // sorted
  std::unordered_map<std::string, TokenId, TextHash, std::equal_to<>>
      pieces;  // filled only for look_up_first
  WholePieces whole_pieces = WholePieces::merge;
  std::vector<TokenId> before;  // what the post_processor puts around a text
  std::vector<TokenId> after;
  std::string json;  // the exact bytes it was read from, or would be read from

  bool may_cut_after_line_feeds() const;
  bool may_cut_between(char32_t first, char32_t second) const;
};

}  // namespace aiops::train
