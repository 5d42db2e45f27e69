// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include "tests/fuzz/harness.hpp"

#include <nlohmann/json.hpp>

// What parse_json accepts, it must write and read back as the same value.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return aiops::fuzz::refuses_politely([&] {
    const aiops::Json value = aiops::parse_json(aiops::fuzz::text_of(data, size), "input");
    if (aiops::parse_json(aiops::to_text(value), "output") != value) __builtin_trap();
  });
}
