// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/harness.hpp"
#include "train/checkpoint/checkpoint.hpp"
#include "train/config/comparison.hpp"
#include "train/config/config.hpp"

#include <nlohmann/json.hpp>

// A trainer_state.json that is accepted is written again as the same, and can be compared with a
// configuration of today.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::train;
  return aiops::fuzz::refuses_politely([&] {
    const auto state = TrainerState::parse(aiops::fuzz::text_of(data, size), "input");
    const std::string text = state.to_text();
    if (TrainerState::parse(text, "output").to_text() != text) __builtin_trap();
    const auto now = read_config("t.yaml", "data: {path: x}\nsteps: 5\n", {}).to_json();
    (void)compare_configurations(aiops::OrderedJson::parse(state.config), now);
  });
}
