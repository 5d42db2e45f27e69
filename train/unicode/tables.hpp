// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

namespace aiops::train::unicode {

// Code points first … last, both in. Arrays of them are sorted and do not touch.
struct Range {
  char32_t first;
  char32_t last;
};

extern const Range kLetters[];  // general category L
extern const std::size_t kLettersSize;
extern const Range kNumbers[];  // general category N
extern const std::size_t kNumbersSize;
extern const Range kWhiteSpace[];  // property White_Space
extern const std::size_t kWhiteSpaceSize;
extern const Range kUppercase[];  // Lu and Lt
extern const std::size_t kUppercaseSize;
extern const Range kLowercase[];  // Ll
extern const std::size_t kLowercaseSize;
extern const Range kMarks[];  // M
extern const std::size_t kMarksSize;
extern const Range kWords[];  // \w (UTS 18, Annex C) but marks: Alphabetic, Nd, Pc, Join_Control
extern const std::size_t kWordsSize;

// Canonical_Combining_Class, where it is not 0.
struct CombiningClass {
  char32_t first;
  char32_t last;
  unsigned value;
};
extern const CombiningClass kCombiningClasses[];
extern const std::size_t kCombiningClassesSize;

// One step of canonical decomposition; `second` is 0 where there is only one.
struct Decomposition {
  char32_t code;
  char32_t first;
  char32_t second;
};
extern const Decomposition kDecompositions[];
extern const std::size_t kDecompositionsSize;
extern const Range kNotComposed[];  // property Full_Composition_Exclusion
extern const std::size_t kNotComposedSize;

}  // namespace aiops::train::unicode
