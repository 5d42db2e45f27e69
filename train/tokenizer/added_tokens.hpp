// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/tokenizer/bpe.hpp"

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aiops::train {

// A token that is taken out of a text before anything else happens to it.
struct AddedToken {
  std::string content;
  TokenId id = -1;
  bool special = true;
  bool normalized = false;   // looked for after normalisation
  bool lstrip = false;       // takes the white space before it with it
  bool rstrip = false;       // and after it
  bool single_word = false;  // not where a letter, mark, digit or connector is beside it
};

// What a special token's spelling inside a text means: foreign text must not end a document.
enum class SpecialTokens { recognise, literal };

// A set of added tokens, looked up by their first two bytes; the longest wins. One that is found
// but may not stand there is passed over whole, as the tokenizers package does it: what begins
// inside it is not looked for.
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
  void add(std::size_t start, std::uint32_t place);
  const AddedToken* at(std::string_view text, std::size_t at) const;

  std::vector<AddedToken> tokens_;
  std::bitset<1 << 16> starts_;
  std::unordered_map<std::size_t, std::vector<std::uint32_t>> places_;  // longest first, by start
};

}  // namespace aiops::train
