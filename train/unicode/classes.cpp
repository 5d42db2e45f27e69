// SPDX-License-Identifier: Apache-2.0
#include "train/unicode/classes.hpp"

#include "train/unicode/tables.hpp"
#include "train/unicode/utf8.hpp"

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

}  // namespace

Class class_of(char32_t code_point) {
  static const auto ascii = ascii_classes();
  return code_point < ascii.size() ? ascii[code_point] : look_up(code_point);
}

Character character_at(std::string_view text, std::size_t at) {
  const CodePoint character = code_point_at(text, at);
  return {class_of(character.value), character.size};  // a broken byte is in no class's table
}

}  // namespace aiops::train::unicode
