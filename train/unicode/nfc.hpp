// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aiops::train::unicode {

// True when the text is surely in Normalization Form C already; false: it may or may not be.
bool is_surely_nfc(std::string_view text);

// The text in Normalization Form C (Unicode Standard Annex 15), of the characters of Unicode 9.0,
// as the tokenizers package has it: younger ones are neither reordered nor composed. Broken bytes
// stay as they are, and nothing is composed across them.
std::string to_nfc(std::string_view text);

}  // namespace aiops::train::unicode
