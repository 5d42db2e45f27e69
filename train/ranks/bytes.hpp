// SPDX-License-Identifier: Apache-2.0
// Numbers as ranks write them to each other: little-endian, without padding.
#pragma once

#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace aiops::train {

template <std::unsigned_integral Number>
void put(std::string& bytes, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i)
    bytes.push_back(static_cast<char>(static_cast<unsigned char>(number >> (8 * i))));
}

// Takes numbers and texts off the front of foreign bytes. What is not there reads as zeros and
// makes is_whole() false.
class Taker {
 public:
  explicit Taker(std::string_view bytes) : rest_(bytes) {}

  template <std::unsigned_integral Number>
  Number number() {
    const std::string_view bytes = text(sizeof(Number));
    Number value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value = static_cast<Number>(value | static_cast<Number>(static_cast<unsigned char>(bytes[i]))
                                              << (8 * i));
    return value;
  }
  std::string_view text(std::size_t size) {
    if (size > rest_.size()) {
      is_short_ = true;
      size = 0;
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }
  // Everything was there, and nothing is left over.
  bool is_whole() const { return !is_short_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

inline std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace aiops::train
