// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/harness.hpp"
#include "train/model/model.hpp"

#include <nlohmann/json.hpp>

// A config.json that is accepted describes a model whose size can be computed.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return aiops::fuzz::refuses_politely([&] {
    const auto config = aiops::train::ModelConfig::from_json(
        aiops::parse_json(aiops::fuzz::text_of(data, size), "input"), "input");
    (void)config.parameter_count();
    (void)config.to_json();
  });
}
