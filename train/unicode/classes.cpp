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

constexpr char32_t kSize = 0x33480;        // all above is of class other
constexpr char32_t kTraitsSize = 0xE01F0;  // all above is neither cased nor of a word

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

constexpr std::uint8_t kUpper = 1, kLower = 2, kWord = 4;

// Asked for by few tokenizers, so kept apart.
std::vector<std::uint8_t> make_traits() {
  std::vector<std::uint8_t> traits(kTraitsSize, 0);
  const auto set = [&](std::span<const Range> ranges, unsigned what) {
    for (const auto& [first, last] : ranges)
      for (char32_t c = first; c <= last; ++c)
        traits.at(c) = static_cast<std::uint8_t>(traits.at(c) | what);
  };
  const auto unset = [&](std::span<const Range> ranges, unsigned what) {
    for (const auto& [first, last] : ranges)
      for (char32_t c = first; c <= last; ++c)
        traits.at(c) = static_cast<std::uint8_t>(traits.at(c) & ~what);
  };
  set({kLetters, kLettersSize}, kUpper | kLower);
  unset({kUppercase, kUppercaseSize}, kLower);
  unset({kLowercase, kLowercaseSize}, kUpper);
  set({kMarks, kMarksSize}, kUpper | kLower | kWord);
  set({kWords, kWordsSize}, kWord);
  return traits;
}

std::uint8_t traits_of(char32_t code_point) {
  static const std::vector<std::uint8_t> traits = make_traits();
  return code_point < kTraitsSize ? traits[code_point] : std::uint8_t{0};
}

}  // namespace

Cases cases_of(char32_t code_point) {
  const unsigned traits = traits_of(code_point);
  return {(traits & kUpper) != 0, (traits & kLower) != 0};
}

bool is_word(char32_t code_point) { return (traits_of(code_point) & kWord) != 0; }

Class class_of(char32_t code_point) {
  static const std::vector<Class> classes = make_classes();
  return code_point < kSize ? classes[code_point] : Class::other;
}

Character character_at(std::string_view text, std::size_t at) {
  const CodePoint character = code_point_at(text, at);
  return {class_of(character.value), character.size};  // a broken byte is of class other
}

}  // namespace aiops::train::unicode
