// SPDX-License-Identifier: Apache-2.0
// A byte for each code point of the planes that have letters, numbers or white space: splitting
// asks for every character of every text.
#include "train/unicode/classes.hpp"

#include "train/unicode/tables.hpp"
#include "train/unicode/utf8.hpp"

#include <span>
#include <vector>

namespace aiops::train::unicode {
namespace {

constexpr char32_t kSize = 0x33480;  // all above is of class other

std::vector<Class> make_classes() {
  std::vector<Class> classes(kSize, Class::other);
  const auto set = [&](std::span<const Range> ranges, Class what) {
    for (const auto& [first, last] : ranges)
      for (char32_t c = first; c <= last; ++c) classes.at(c) = what;
  };
  set({kLetters, kLettersSize}, Class::letter);
  set({kNumbers, kNumbersSize}, Class::number);
  set({kWhiteSpace, kWhiteSpaceSize}, Class::white_space);
  return classes;
}

}  // namespace

Class class_of(char32_t code_point) {
  static const std::vector<Class> classes = make_classes();
  return code_point < kSize ? classes[code_point] : Class::other;
}

Character character_at(std::string_view text, std::size_t at) {
  const CodePoint character = code_point_at(text, at);
  return {class_of(character.value), character.size};  // a broken byte is of class other
}

}  // namespace aiops::train::unicode
