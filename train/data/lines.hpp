// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace aiops::train {

// Calls use(line, number) for every line of a text that is not blank, numbers from 1 on; stops when
// it returns false.
template <typename Use>
void for_each_line(std::string_view text, const Use& use) {
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos && !use(line, number)) return;
  }
}

}  // namespace aiops::train
