// SPDX-License-Identifier: Apache-2.0
#include "train/unicode/utf8.hpp"

namespace aiops::train::unicode {
namespace {

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool continues(unsigned byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const unsigned a = byte_at(text, at);
  if (a < 0x80) return {a, 1};
  const unsigned b = byte_at(text, at + 1);
  if (a >= 0xC2 && a < 0xE0 && continues(b)) return {(a & 0x1F) << 6 | (b & 0x3F), 2};
  const unsigned c = byte_at(text, at + 2);
  if (a >= 0xE0 && a < 0xF0 && continues(b) && continues(c)) {
    const char32_t point = (a & 0x0F) << 12 | (b & 0x3F) << 6 | (c & 0x3F);
    if (point >= 0x800 && (point < 0xD800 || point > 0xDFFF)) return {point, 3};
  }
  const unsigned d = byte_at(text, at + 3);
  if (a >= 0xF0 && a < 0xF5 && continues(b) && continues(c) && continues(d)) {
    const char32_t point = (a & 0x07) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | (d & 0x3F);
    if (point >= 0x10000 && point <= 0x10FFFF) return {point, 4};
  }
  return {kBroken, 1};
}

bool append_utf8(char32_t c, std::string& text) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return false;
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) {
    text += static_cast<char>(c);
  } else if (c < 0x800) {
    text += static_cast<char>(0xC0 | c >> 6);
    tail(0);
  } else if (c < 0x10000) {
    text += static_cast<char>(0xE0 | c >> 12);
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0 | c >> 18);
    tail(12);
    tail(6);
    tail(0);
  }
  return true;
}

}  // namespace aiops::train::unicode
