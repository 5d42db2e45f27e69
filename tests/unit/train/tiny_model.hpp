// SPDX-License-Identifier: Apache-2.0
// Small models and batches for the tests of the model.
#pragma once

#include "kernels/random.hpp"
#include "train/model/model.hpp"

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

// The same size in any family, with what makes it one: biases, heads of a size of their own.
inline ModelConfig tiny_config_of(Family family, bool tied = true) {
  ModelConfig config = tiny_config(tied);
  config.family = family;
  if (family == Family::llama) {
    config.rope_scaling = {
        .kind = RopeScaling::Kind::llama3, .factor = 4, .original_max_position_embeddings = 64};
    config.attention_bias = config.mlp_bias = true;
  }
  if (family == Family::mistral)
    config.rope_scaling = {.kind = RopeScaling::Kind::linear, .factor = 2};
  if (family == Family::qwen3) {
    config.head_dim = 10;
    config.rope_scaling = {
        .kind = RopeScaling::Kind::yarn, .factor = 4, .original_max_position_embeddings = 64};
  }
  if (family == Family::gpt2) config.num_key_value_heads = config.num_attention_heads;
  return config;
}

inline constexpr Family kAllFamilies[] = {Family::llama, Family::mistral, Family::qwen2,
                                          Family::qwen3, Family::gpt2};

// Initialised, and then biases and the weights of norms moved away from 0 and 1, so that every part
// matters.
inline void initialise_roughly(Model& model, std::uint64_t seed) {
  model.initialise(seed);
  for (const Parameter& p : model.parameters())
    if (p.role == Parameter::Role::vector)
      for (std::size_t i = 0; i < p.value.size(); ++i)
        p.value[i] +=
            static_cast<float>(0.4 * kernels::uniform(seed, kernels::stream_of(p.name), i) - 0.2);
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
