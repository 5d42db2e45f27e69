// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/tokenizer/bpe.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// A token that is taken out of a text before anything else happens to it.
struct AddedToken {
  std::string content;
  TokenId id = -1;
  bool special = true;
  bool normalized = false;  // looked for after normalisation
  bool lstrip = false;      // takes the white space before it with it
  bool rstrip = false;      // and after it
};

// What a special token's spelling inside a text means: foreign text must not end a document.
enum class SpecialTokens { recognise, literal };

// A set of added tokens, looked up by their first byte; the longest wins.
class AddedTokens {
 public:
  void add(AddedToken token);
  const std::vector<AddedToken>& all() const { return tokens_; }

  struct Match {
    const AddedToken* token = nullptr;  // null: none
    std::size_t begin = 0;              // with the white space that it takes
    std::size_t end = 0;
  };
  // The first match at or after `from`; literal: of those that are not special.
  Match find(std::string_view text, std::size_t from, SpecialTokens special) const;

 private:
  std::vector<AddedToken> tokens_;
  std::array<std::vector<std::uint32_t>, 256> starts_;  // places in tokens_, longest first
};

}  // namespace aiops::train
