// SPDX-License-Identifier: Apache-2.0
#include "train/generation/stop_strings.hpp"

#include <algorithm>
#include <utility>

namespace aiops::train {
namespace {

// How much of the end of `text` could be the beginning of `string`.
std::size_t overlap(std::string_view text, std::string_view string) {
  for (std::size_t n = std::min(text.size(), string.size() - 1); n > 0; --n)
    if (text.substr(text.size() - n) == string.substr(0, n)) return n;
  return 0;
}

}  // namespace

StopStrings::StopStrings(std::vector<std::string> strings) : strings_(std::move(strings)) {
  std::erase(strings_, std::string());
}

std::string StopStrings::push(std::string_view text) {
  if (found_) return {};
  held_ += text;
  std::size_t end = std::string::npos;
  for (const std::string& string : strings_) end = std::min(end, held_.find(string));
  found_ = end != std::string::npos;
  if (!found_) {
    std::size_t longest = 0;
    for (const std::string& string : strings_) longest = std::max(longest, overlap(held_, string));
    end = held_.size() - longest;
  }
  std::string ready = held_.substr(0, end);
  held_.erase(0, end);
  return ready;
}

std::string StopStrings::finish() { return found_ ? std::string() : std::exchange(held_, {}); }

}  // namespace aiops::train
