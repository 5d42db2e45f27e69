// SPDX-License-Identifier: Apache-2.0
// What a Model is made of, for the files that implement it.
#pragma once

#include "kernels/arena.hpp"
#include "train/model.hpp"
#include "train/model_tensors.hpp"

namespace aiops::train {

// The keys and values of the sequence being generated: per layer, max_position_embeddings rows of
// a token's keys and then its values.
struct KeyValueCache {
  kernels::Arena memory;
  std::int64_t tokens = 0;
};

struct Model::State {
  State(const ModelConfig& model_config, ThreadPool& pool);

  // Makes `plan` fit and the rotary table reach; allocates only when it must grow.
  void prepare(std::int64_t rows, std::int64_t length, Keep keep, std::int64_t positions);

  // model_forward.cpp: embeds the tokens and runs every layer and the last norm. With a cache, the
  // plan's one row continues the cached sequence.
  void forward(std::span<const std::int32_t> tokens, KeyValueCache* past);
  double sum_of_losses(std::span<const std::int32_t> targets);

  // model_backward.cpp: from the normed output to the gradients of all parameters.
  double head_backward(std::span<const std::int32_t> targets, float scale);
  void backward(std::span<const std::int32_t> tokens);

  float* cached_layer(KeyValueCache& past, std::size_t layer) const;

  ModelConfig config;
  Widths width;
  ThreadPool& threads;

  kernels::Arena value_arena, gradient_arena, activation_arena, rope_arena;
  Tensors values, gradients;
  std::vector<Parameter> parameters;
  Plan plan;
  KeyValueCache cache;

  float *cosine = nullptr, *sine = nullptr;
  std::int64_t rope_positions = 0;

 private:
  void forward_layer(std::size_t layer, KeyValueCache* past);
  void attend(std::size_t layer, KeyValueCache* past);
  void attention_gradient(std::size_t layer);
  void mlp_gradient(std::size_t layer);
};

}  // namespace aiops::train
