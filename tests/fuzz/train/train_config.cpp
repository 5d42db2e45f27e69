// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/harness.hpp"
#include "train/config/comparison.hpp"
#include "train/config/config.hpp"

#include <nlohmann/json.hpp>

// A train.yaml that is accepted can be written down, is the same run as itself, and has a schedule.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::train;
  return aiops::fuzz::refuses_politely([&] {
    auto config = read_config("input", aiops::fuzz::text_of(data, size), {});
    const auto json = config.to_json();
    if (!compare_configurations(json, json).empty()) __builtin_trap();
    config.steps = config.steps_for(1000);
    if (config.steps > 0) config.schedule().check();
  });
}
