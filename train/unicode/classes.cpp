// SPDX-License-Identifier: Apache-2.0
#include "train/unicode/classes.hpp"

#include "train/unicode/tables.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace aiops::train::unicode {
namespace {

bool contains(std::span<const Range> ranges, char32_t c) {
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), c,
                       [](char32_t value, const Range& range) { return value < range.first; });
  return after != ranges.begin() && c <= std::prev(after)->last;
}

Class look_up(char32_t c) {
  if (contains({kLetters, kLettersSize}, c)) return Class::letter;
  if (contains({kNumbers, kNumbersSize}, c)) return Class::number;
  if (contains({kWhiteSpace, kWhiteSpaceSize}, c)) return Class::white_space;
  return Class::other;
}

std::array<Class, 128> ascii_classes() {
  std::array<Class, 128> classes{};
  for (char32_t c = 0; c < 128; ++c) classes[c] = look_up(c);
  return classes;
}

unsigned byte_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0;
}

bool continues(unsigned byte) { return (byte & 0xC0) == 0x80; }

}  // namespace

Class class_of(char32_t code_point) {
  static const auto ascii = ascii_classes();
  return code_point < ascii.size() ? ascii[code_point] : look_up(code_point);
}

Character character_at(std::string_view text, std::size_t at) {
  const unsigned a = byte_at(text, at);
  if (a < 0x80) return {class_of(a), 1};
  const unsigned b = byte_at(text, at + 1);
  if (a >= 0xC2 && a < 0xE0 && continues(b)) return {class_of((a & 0x1F) << 6 | (b & 0x3F)), 2};
  const unsigned c = byte_at(text, at + 2);
  if (a >= 0xE0 && a < 0xF0 && continues(b) && continues(c)) {
    const char32_t point = (a & 0x0F) << 12 | (b & 0x3F) << 6 | (c & 0x3F);
    if (point >= 0x800 && (point < 0xD800 || point > 0xDFFF)) return {class_of(point), 3};
  }
  const unsigned d = byte_at(text, at + 3);
  if (a >= 0xF0 && a < 0xF5 && continues(b) && continues(c) && continues(d)) {
    const char32_t point = (a & 0x07) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | (d & 0x3F);
    if (point >= 0x10000 && point <= 0x10FFFF) return {class_of(point), 4};
  }
  return {Class::other, 1};
}

}  // namespace aiops::train::unicode
