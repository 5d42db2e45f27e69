// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace aiops::train::unicode {

// Code points first … last, both in. Arrays of them are sorted and do not touch.
struct Range {
  char32_t first;
  char32_t last;
};

extern const char* const kVersion;  // of the Unicode Character Database: "15.0.0"
extern const Range kLetters[];      // general category L
extern const std::size_t kLettersSize;
extern const Range kNumbers[];  // general category N
extern const std::size_t kNumbersSize;
extern const Range kWhiteSpace[];  // property White_Space
extern const std::size_t kWhiteSpaceSize;

}  // namespace aiops::train::unicode
