// SPDX-License-Identifier: Apache-2.0
// PTX in words: names with their dots (ld.global.nc.v4.u32, %tid.x, $L__BB0_7, ::), numbers,
// strings, and single characters for everything else. Comments are gone.
#pragma once

#include <string_view>
#include <vector>

namespace aiops::simt::ptx {

struct Token {
  std::string_view text;
  int line = 0;  // of the PTX

  bool is(std::string_view other) const { return text == other; }
  bool is_directive() const { return text.front() == '.'; }
};

std::vector<Token> tokens_of(std::string_view text);

}  // namespace aiops::simt::ptx
