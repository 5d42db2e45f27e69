// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace aiops::pack {

// An unsigned number at the front of `bytes`, which has room for it.
template <typename Number>
void put_little(std::span<std::byte> bytes, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    bytes[i] = static_cast<std::byte>(number & 0xFFU);
    number = static_cast<Number>(number >> 7U >> 1U);
  }
}

template <typename Number>
Number get_little(std::span<const std::byte> bytes) {
  Number number = 0;
  for (std::size_t i = sizeof number; i-- > 0;)
    number = static_cast<Number>(number << 7U << 1U | static_cast<Number>(bytes[i]));
  return number;
}

}  // namespace aiops::pack
