// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/provenance.hpp"

#include "tests/fuzz/harness.hpp"

#include <nlohmann/json.hpp>

// Whatever a predicate holds, it is read or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return aiops::fuzz::refuses_politely([&] {
    const auto json = aiops::parse_json(aiops::fuzz::text_of(data, size), "input");
    const auto said = aiops::train::read_provenance(json, "input");
    for (const auto& material : said.data)
      if (!aiops::Digest::is_valid(material.digest)) __builtin_trap();
  });
}
