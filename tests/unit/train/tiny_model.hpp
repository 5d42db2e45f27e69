// SPDX-License-Identifier: Apache-2.0
// Small models and batches for the tests of the model.
#pragma once

#include "kernels/random.hpp"
#include "train/model.hpp"

#include <cstdint>
#include <vector>

namespace aiops::train {

inline ModelConfig tiny_config(bool tied = true) {
  ModelConfig config;
  config.vocab_size = 37;
  config.hidden_size = 24;
  config.intermediate_size = 40;
  config.num_hidden_layers = 2;
  config.num_attention_heads = 4;
  config.num_key_value_heads = 2;
  config.head_dim = 6;
  config.max_position_embeddings = 300;
  config.initializer_range = 0.15;  // large enough that every part matters
  config.tie_word_embeddings = tied;
  return config;
}

// Rows of random tokens that predict each other; every seventh target is not counted.
struct TinyBatch {
  TinyBatch(std::int64_t row_count, std::int64_t row_length, std::int64_t vocab,
            std::uint64_t seed = 1)
      : rows(row_count), length(row_length) {
    const auto any = [&](std::uint64_t stream, std::uint64_t i) {
      return static_cast<std::int32_t>(kernels::uniform(seed, stream, i) *
                                       static_cast<double>(vocab));
    };
    for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(rows * length); ++i) {
      tokens.push_back(any(0, i));
      targets.push_back(i % 7 == 3 ? -1 : any(1, i));
    }
  }
  Batch batch() const {
    return {.rows = rows, .length = length, .tokens = tokens, .targets = targets};
  }
  std::int64_t counted() const {
    std::int64_t count = 0;
    for (const std::int32_t target : targets) count += target >= 0 ? 1 : 0;
    return count;
  }
  std::int64_t rows, length;
  std::vector<std::int32_t> tokens, targets;
};

}  // namespace aiops::train
