// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace aiops::train::unicode {

// What stands for a byte that does not start well-formed UTF-8 (RFC 3629).
inline constexpr char32_t kBroken = 0xFFFFFFFF;

struct CodePoint {
  char32_t value;
  std::size_t size;  // bytes
};

// The code point at `at` (inside the text); a broken byte is {kBroken, 1}.
CodePoint code_point_at(std::string_view text, std::size_t at);

// Appends a code point as UTF-8; false, and nothing appended, when it is none (a surrogate, or
// above U+10FFFF).
bool append_utf8(char32_t code_point, std::string& text);

}  // namespace aiops::train::unicode
