// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

// Watches a text that comes in pieces for strings that end it. What could be the beginning of one
// is held back until it is known not to be.
class StopStrings {
 public:
  // Empty strings stop nothing.
  explicit StopStrings(std::vector<std::string> strings);

  // What is known to be before any stop string. Once is_found(), nothing more comes.
  std::string push(std::string_view text);
  // What was held back, at the end of the text.
  std::string finish();
  bool is_found() const { return found_; }

 private:
  std::vector<std::string> strings_;
  std::string held_;
  bool found_ = false;
};

}  // namespace aiops::train
