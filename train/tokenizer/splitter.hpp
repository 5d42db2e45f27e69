// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace aiops::train {

// How a text is cut into pieces, which merges never cross. Named for the family that has it.
enum class Splitter {
  gpt2,     // 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
  smollm2,  // each \p{N} alone, then what is between them as GPT-2 does
  llama3,   // kLlama3Expression
  qwen2,    // kQwen2Expression: as Llama 3, but each \p{N} alone
  tekken,   // kTekkenExpression: Mistral's, which looks at the case of letters
  whole,    // a text is one piece
  marks     // a piece begins at each U+2581
};

inline constexpr std::string_view kLlama3Expression =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kQwen2Expression =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
inline constexpr std::string_view kTekkenExpression =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|)"
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|)"
    R"(\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

// The end of the piece that starts at `at` (inside the text). Every byte belongs to one piece.
std::size_t piece_end(Splitter splitter, std::string_view text, std::size_t at);

// Where a text may be cut near `at` without changing the pieces of the splitters with an
// expression: the first position at or after it that follows a lone line feed between two ASCII
// marks or letters, of which the second is no slash (Tekken's may follow a line end); the text's
// size when there is none.
std::size_t safe_cut(std::string_view text, std::size_t at);

}  // namespace aiops::train
