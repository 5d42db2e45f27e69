// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace aiops::train {

// Makes a stream of bytes, cut anywhere, a stream of whole UTF-8 characters. Bytes that can belong
// to no character come out as U+FFFD.
class Utf8Stream {
 public:
  // The characters that are complete now.
  std::string push(std::string_view bytes);
  // What is left at the end: U+FFFD when a character was cut.
  std::string finish();

 private:
  std::string pending_;
};

}  // namespace aiops::train
