// SPDX-License-Identifier: Apache-2.0
// The alphabet in which tokenizer.json spells bytes: '!'…'~', U+00A1…U+00AC and U+00AE…U+00FF stand
// for themselves, the other 68 bytes are U+0100 onwards in byte order, so that no token shows a
// space or a control character.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aiops::train {

// Bytes to their spelling in UTF-8, and back; nothing when a character is not of the alphabet.
std::string spell_bytes(std::string_view bytes);
std::optional<std::string> unspell_bytes(std::string_view spelling);

// The byte that "<0x0A>" stands for, where byte_fallback is; nothing of any other spelling.
std::optional<unsigned char> byte_of_spelling(std::string_view spelling);

// The 256 bytes in the order of their letters: '!' first.
const std::string& bytes_by_letter();

}  // namespace aiops::train
