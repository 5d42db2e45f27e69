// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "train/model/head.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace aiops::train {

// By the name of its model_type in config.json.
enum class Family { llama, mistral, qwen2, qwen3, gpt2 };

// How the angles of the rotary positions are stretched past the length that a model learnt first.
struct RopeScaling {
  enum class Kind { none, linear, llama3, yarn };
  Kind kind = Kind::none;
  double factor = 1;
  // llama3 only: wavelengths below original / high_freq_factor stay, those above
  // original / low_freq_factor are divided by the factor.
  double low_freq_factor = 1, high_freq_factor = 4;
  // llama3 and yarn: the length that was learnt first.
  std::int64_t original_max_position_embeddings = 8192;
};

// The shape of a decoder, in the words of Hugging Face's config.json for Llama.
struct ModelConfig {
  Family family = Family::llama;
  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t num_key_value_heads = 0;
  std::int64_t head_dim = 0;  // hidden_size / num_attention_heads unless stated
  std::int64_t max_position_embeddings = 0;
  double norm_eps = 1e-5;  // rms_norm_eps, or layer_norm_epsilon
  double rope_theta = 10000;
  RopeScaling rope_scaling;
  double initializer_range = 0.02;
  bool tie_word_embeddings = true;
  bool attention_bias = false;     // of Llama and Qwen3; other families have their own rules
  bool mlp_bias = false;           // of Llama
  std::int64_t bos_token_id = -1;  // -1: none
  std::int64_t eos_token_id = -1;  // of several the first
  std::vector<std::int64_t> other_eos_token_ids;  // the rest
  std::int64_t pad_token_id = -1;  // behind the texts of a batch; written with a classifier only
  ModelHead head;

  // Whether this token ends a text.
  bool is_end(std::int64_t token) const;

  // Reads config.json; refuses what it cannot honour with an Error{failed} that names the key.
  static ModelConfig from_json(const Json& config, std::string_view what);
  OrderedJson to_json() const;  // with what transformers v4 and v5 need
  std::uint64_t parameter_count() const;
  // What the head makes of a token: logits of the vocabulary, or an output for each label.
  std::int64_t outputs() const;
  // Whether the embedding is the head too; that of a classifier is one of its own.
  bool ties_head() const { return tie_word_embeddings && head.is_language(); }
  // Throws Error{usage} naming the field: sizes positive, heads divisible, head_dim even.
  void check() const;
};

}  // namespace aiops::train
