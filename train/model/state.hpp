// SPDX-License-Identifier: Apache-2.0
// What a Model is made of, for the files that implement it.
#pragma once

#include "kernels/arena.hpp"
#include "kernels/attention.hpp"
#include "kernels/head_norm.hpp"
#include "kernels/linear.hpp"
#include "kernels/rope.hpp"
#include "train/model/family.hpp"
#include "train/model/fresh_gradients.hpp"
#include "train/model/lora.hpp"
#include "train/model/model.hpp"
#include "train/model/tensors.hpp"

#include <optional>

namespace aiops::train {

// The keys and values of the sequence being generated: per layer, max_position_embeddings rows of
// a token's keys and then its values.
struct KeyValueCache {
  kernels::Arena memory;
  std::int64_t tokens = 0;
};

struct Model::State {
  State(const ModelConfig& model_config, ThreadPool& pool, ModelOptions model_options,
        const kernels::MakeArena& make_gradients);

  // Makes `plan` fit and the rotary table hold `reach` positions; allocates only when it must grow.
  void prepare(std::int64_t rows, std::int64_t length, Keep keep, std::int64_t reach);
  // The same for a batch, whose documents it finds.
  void prepare(const Batch& batch, Keep keep);

  // model_forward.cpp: embeds the tokens and runs every layer and the last norm. With a cache, the
  // plan's one row continues the cached sequence.
  void forward(std::span<const std::int32_t> tokens, KeyValueCache* past);
  // `outputs` gets those at the counted targets, unless it is null.
  double sum_of_losses(const Batch& batch, std::span<float> each, std::vector<float>* outputs);

  // model_backward.cpp: from the normed output to the gradients of all parameters.
  double head_backward(const Batch& batch, float scale);
  void backward(std::span<const std::int32_t> tokens);

  float* cached_layer(KeyValueCache& past, std::size_t layer) const;
  // The last product, of some rows.
  kernels::Linear head(std::int64_t rows) const;

  ModelConfig config;
  ModelOptions options;
  const FamilyDescription& family;
  Widths width;
  ThreadPool& threads;

  kernels::Arena value_arena, gradient_arena, activation_arena, rope_arena;
  Tensors values, gradients;
  std::vector<Parameter> parameters;
  std::vector<Parameter> trainable;  // with adapters: those, and the head of a classifier
  FreshGradients fresh;
  std::unique_ptr<Lora> lora;      // the parameters are frozen then
  kernels::Arena unused_gradient;  // of frozen vectors: written, never read
  Plan plan;
  KeyValueCache cache;

  // Of the batch: each token's position, where its documents start and past the last one, and the
  // length of the longest. Empty when every row is one document.
  std::span<const std::int32_t> positions;
  const Draws* draws = nullptr;  // of a training pass, which drops
  std::vector<std::int64_t> starts;
  std::int64_t longest = 0;
  std::vector<std::int32_t> counted;  // positions written out, where they are looked up

  float *cosine = nullptr, *sine = nullptr;
  std::int64_t rope_positions = 0;

 private:
  std::int64_t tokens() const { return plan.rows * plan.length; }
  kernels::Linear linear(std::int64_t in, std::int64_t out) const;  // of the batch's tokens
  kernels::HeadNorm heads(std::int64_t count) const;
  kernels::Rope rope(std::int64_t first) const;
  kernels::Attention attention(std::int64_t first) const;
  std::optional<Lora::Dropping> dropping() const;

  // The parts of a pass, whatever kind of them the family has.
  void project(const kernels::Linear& shape, const float* x, const Affine& weights, float* y);
  void project_backward(const kernels::Linear& shape, const float* y_gradient, const float* x,
                        const Affine& weights, const Affine& to, float* x_gradient);
  void norm(const float* x, const Affine& weights, float* y, const NormTape& tape);
  // Where the gradient of a vector goes, frozen or not.
  float* sink(float* gradient) const { return lora ? unused_gradient.data() : gradient; }
  // From plan.branch_gradient, into plan.stream_gradient.
  void norm_backward(const float* x, const Affine& weights, const NormTape& tape, const Affine& to);
  void activate(const float* up, float* activated);
  void activate_backward(const float* up, const float* gradient, float* up_gradient);
  void embed(std::span<const std::int32_t> ids, std::int64_t first);
  // Norms heads and turns them by their positions.
  void place(std::size_t layer, std::int64_t first);
  void place_backward(std::size_t layer);
  void fill_positions(std::int64_t first);

  // losses.cpp: of `rows` rows of plan.logits, the losses of the targets from `first` on; and
  // the logits become their gradient.
  void losses_forward(const Batch& batch, std::int64_t first, std::int64_t rows);
  void losses_backward(const Batch& batch, std::int64_t first, std::int64_t rows, float scale);
  void keep_outputs(const Batch& batch, std::int64_t first, std::int64_t rows,
                    std::vector<float>& outputs) const;

  // Up to the input of the last product, which is all that the backward pass needs.
  void forward_inside(std::size_t layer, KeyValueCache* past);
  void forward_layer(std::size_t layer, KeyValueCache* past);
  void attend(std::size_t layer, KeyValueCache* past);
  void attention_gradient(std::size_t layer);
  void mlp_gradient(std::size_t layer);
};

}  // namespace aiops::train
