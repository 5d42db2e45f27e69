// SPDX-License-Identifier: Apache-2.0
#include "bench/train.hpp"

namespace aiops::bench {
namespace {

using train::Family;
using train::ModelConfig;

ModelConfig gpt2() {
  ModelConfig config;
  config.family = Family::gpt2;
  config.vocab_size = 50257;
  config.hidden_size = 768;
  config.intermediate_size = 3072;
  config.num_hidden_layers = 12;
  config.num_attention_heads = 12;
  config.num_key_value_heads = 12;
  config.head_dim = 64;
  config.max_position_embeddings = 1024;
  return config;
}

ModelConfig smollm2() {
  ModelConfig config;
  config.vocab_size = 49152;
  config.hidden_size = 576;
  config.intermediate_size = 1536;
  config.num_hidden_layers = 30;
  config.num_attention_heads = 9;
  config.num_key_value_heads = 3;
  config.head_dim = 64;
  config.max_position_embeddings = 8192;
  config.rope_theta = 1e5;
  return config;
}

ModelConfig tiny() {
  ModelConfig config;
  config.vocab_size = 2048;
  config.hidden_size = 256;
  config.intermediate_size = 704;
  config.num_hidden_layers = 4;
  config.num_attention_heads = 8;
  config.num_key_value_heads = 4;
  config.head_dim = 32;
  config.max_position_embeddings = 2048;
  return config;
}

}  // namespace

std::vector<std::string> train_models() { return {"gpt2-124m", "smollm2-135m", "tiny"}; }

ModelConfig train_shape(const std::string& name) {
  return name == "gpt2-124m" ? gpt2() : name == "smollm2-135m" ? smollm2() : tiny();
}

}  // namespace aiops::bench
