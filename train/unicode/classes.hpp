// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aiops::train::unicode {

// What a tokenizer's splitter wants to know of a character: \p{L}, \p{N}, \s, or none of them.
enum class Class : std::uint8_t { letter, number, white_space, other };

Class class_of(char32_t code_point);

// Where a character may stand in a word whose case counts: Lu and Lt at its start, Ll in what
// follows, other letters and marks in both.
struct Cases {
  bool upper;
  bool lower;
};
Cases cases_of(char32_t code_point);

// \w as the tokenizers package has it (UTS 18, Annex C).
bool is_word(char32_t code_point);

// One character of a text: its class and how many bytes it takes.
struct Character {
  Class what;
  std::size_t size;
};

// Reads the character at `at` (inside the text). A byte that does not start well-formed UTF-8
// (RFC 3629) is a character of its own, of class other: no byte is ever lost.
Character character_at(std::string_view text, std::size_t at);

}  // namespace aiops::train::unicode
