// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "base/thread_pool.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace aiops::train {

// The shape of a Llama-style decoder, as Hugging Face's config.json says it.
struct ModelConfig {
  std::int64_t vocab_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t num_hidden_layers = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t num_key_value_heads = 0;
  std::int64_t head_dim = 0;  // hidden_size / num_attention_heads unless stated
  std::int64_t max_position_embeddings = 0;
  double rms_norm_eps = 1e-5;
  double rope_theta = 10000;
  double initializer_range = 0.02;
  bool tie_word_embeddings = true;
  std::int64_t bos_token_id = -1;  // -1: none
  std::int64_t eos_token_id = -1;

  // Reads config.json; refuses what it cannot honour (another family, rope scaling, biases) with an
  // Error{failed} that names the key.
  static ModelConfig from_json(const Json& config, std::string_view what);
  OrderedJson to_json() const;  // LlamaForCausalLM, with what transformers v4 and v5 need
  std::uint64_t parameter_count() const;
  // Throws Error{usage} naming the field: sizes positive, heads divisible, head_dim even.
  void check() const;
};

// One parameter tensor; the memory belongs to the Model.
struct Parameter {
  std::string name;  // Hugging Face's: "model.layers.0.self_attn.q_proj.weight"
  std::vector<std::uint64_t> shape;
  std::span<float> value;
  std::span<float> gradient;
  bool decay = false;  // weight decay applies (tensors of two dimensions)
};

// Some token rows of equal length. Position restarts at 0 in each row.
struct Batch {
  std::int64_t rows = 0;
  std::int64_t length = 0;
  std::span<const std::int32_t> tokens;   // rows × length
  std::span<const std::int32_t> targets;  // rows × length; -1: not counted
};

// A decoder whose parameters, gradients and activations live in arenas sized once. Not for several
// threads at once.
class Model {
 public:
  Model(const ModelConfig& config, ThreadPool& threads);
  ~Model();
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  const ModelConfig& config() const;
  // N(0, initializer_range), norms 1, from a counter-based generator keyed by (seed, tensor): the
  // same bits everywhere.
  void initialise(std::uint64_t seed);
  std::span<Parameter> parameters();

  void zero_gradients();
  // Adds the gradient of (sum of token losses) * scale to the gradients; returns the sum of the
  // token losses.
  double forward_backward(const Batch& batch, float scale);
  // The sum of the token losses; no gradients.
  double loss(const Batch& batch);

  // Generation, one sequence: appends tokens to the key/value cache and returns the logits after
  // the last one (vocab_size floats, valid until the next call). Throws Error{failed} past
  // max_position_embeddings.
  void reset_cache();
  std::span<const float> forward_cached(std::span<const std::int32_t> tokens);
  std::int64_t cached() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aiops::train
