// SPDX-License-Identifier: Apache-2.0
#include "train/model/adapter_config.hpp"

#include "tests/fuzz/harness.hpp"
#include "tests/unit/train/tiny_model.hpp"

// What is accepted gives every matrix a rank that fits in memory, and what is written for it is
// read as the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace aiops::train;
  return aiops::fuzz::refuses_politely([&] {
    const auto config = parse_adapter_config(aiops::fuzz::text_of(data, size), "input");
    LoraOptions options{.rank = config.rank,
                        .alpha = config.alpha,
                        .scale = config.scale,
                        .dropout = config.dropout,
                        .targets = {"q_proj"}};
    for (const char* matrix : {"model.layers.0.self_attn.q_proj", "model.layers.11.mlp.up_proj"}) {
      const auto of_matrix = config.size_of(matrix);
      if (of_matrix.rank < 1 || of_matrix.rank > 4096) __builtin_trap();
      options.others[matrix] = of_matrix;
      (void)config.targets_matrix(matrix);
    }
    const auto again =
        parse_adapter_config(adapter_config(options, tiny_config(), config.base), "output");
    if (again.base != config.base || again.dropout != config.dropout) __builtin_trap();
    for (const auto& [matrix, of_matrix] : options.others)
      if (again.size_of(matrix) != of_matrix) __builtin_trap();
  });
}
