// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace aiops::train {

// The end of the piece that starts at `at` (inside the text), by the expression of GPT-2:
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
// Merges never cross a piece. Every byte belongs to one piece.
std::size_t piece_end(std::string_view text, std::size_t at);

// Where a text may be cut near `at` without changing its pieces: the first position at or after it
// that follows a lone line feed between two ASCII marks or letters; the text's size when there is
// none.
std::size_t safe_cut(std::string_view text, std::size_t at);

}  // namespace aiops::train
