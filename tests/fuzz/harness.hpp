// SPDX-License-Identifier: Apache-2.0
// A parser of foreign bytes may accept them or throw Error. Anything else - another exception, a
// crash, a sanitizer's complaint, ten seconds, a gigabyte - is a fault.
#pragma once

#include "base/error.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace aiops::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Calls `parse`; a refusal is an answer. Every Error must name its object and keep to one line.
template <typename Parse>
int refuses_politely(Parse parse) {
  try {
    parse();
  } catch (const Error& error) {
    if (error.message.empty() || error.message.find('\n') != std::string::npos) __builtin_trap();
  }
  return 0;
}

}  // namespace aiops::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
