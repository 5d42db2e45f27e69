// SPDX-License-Identifier: Apache-2.0
// What a Model is made of, for the files that implement it.
#pragma once

#include "kernels/backend.hpp"
#include "kernels/twin.hpp"
#include "train/model/family.hpp"
#include "train/model/fresh_gradients.hpp"
#include "train/model/linear.hpp"
#include "train/model/lora.hpp"
#include "train/model/model.hpp"
#include "train/model/staged.hpp"
#include "train/model/tensors.hpp"

#include <optional>

namespace aiops::train {

using kernels::Backend;

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
  // The same for a batch, which it stages.
  void prepare(const Batch& batch, Keep keep);
  // What the host wrote into the parameters reaches the operators.
  void use_parameters();

  // forward.cpp: embeds the staged tokens and runs every layer and the last norm. With a cache, the
  // plan's one row continues the cached sequence.
  void forward(KeyValueCache* past);
  // `outputs` gets those at the counted targets, unless it is null.
  double sum_of_losses(const Batch& batch, std::span<float> each, std::vector<float>* outputs);
  // plan.logits of some rows of plan.normed.
  void project_head(std::int64_t first, std::int64_t rows);
  double sum_of_read_losses(std::int64_t count, std::span<float> each);

  // backward.cpp: from the normed output to the gradients of all parameters.
  void head_backward(std::int64_t targets, float scale);
  void backward();

  Elements cached_layer(KeyValueCache& past, std::size_t layer) const;

  ModelConfig config;
  ModelOptions options;
  const FamilyDescription& family;
  Widths width;
  ThreadPool& threads;
  std::unique_ptr<Backend> backend;

  kernels::Twin value_memory, rope_memory;
  kernels::Arena gradient_arena, activation_arena;
  Tensors values, gradients;  // where the operators have them
  std::vector<Parameter> parameters;
  std::vector<Parameter> trainable;  // with adapters: those, and the head of a classifier
  FreshGradients fresh;
  std::unique_ptr<Lora> lora;      // the parameters are frozen then
  kernels::Arena unused_gradient;  // of frozen vectors: written, never read
  Plan plan;
  KeyValueCache cache;

  Stager stager;
  Staged staged;  // what the operators read of the batch

  float *cosine = nullptr, *sine = nullptr;
  std::int64_t rope_positions = 0;

 private:
  std::int64_t tokens() const { return plan.rows * plan.length; }
  std::int32_t type() const { return backend->products(); }
  // A few labels cost nothing: their head is computed in fp32, and no prediction is rounded to 8
  // bits.
  std::int32_t head_type() const;
  float epsilon() const { return static_cast<float>(config.norm_eps); }
  LinearLayer linear(std::int64_t in, std::int64_t out) const;  // of the batch's tokens
  LinearLayer head(std::int64_t rows) const;                    // the last one, of some rows
  aiops_attention_shape attention(std::int64_t first) const;
  std::optional<Lora::Dropping> dropping() const;

  // The parts of a pass, whatever kind of them the family has.
  void project(std::int64_t in, std::int64_t out, Elements x, const Affine& weights, Elements y);
  void project_backward(std::int64_t in, std::int64_t out, Elements y_gradient, Elements x,
                        const Affine& weights, const Affine& to, Elements x_gradient);
  void norm(Elements x, const Affine& weights, Elements y, const NormTape& tape);
  // Where the gradient of a vector goes, frozen or not.
  float* sink(float* gradient) const { return lora ? unused_gradient.data() : gradient; }
  // From plan.branch_gradient, into plan.stream_gradient.
  void norm_backward(Elements x, const Affine& weights, const NormTape& tape, const Affine& to);
  void add(Elements branch, Elements stream);
  void activate(Elements up, Elements activated);
  void activate_backward(Elements up, Elements gradient, Elements up_gradient);
  void embed(const std::int32_t* ids, std::int64_t rows_of_table, const float* table, Elements to);
  void embed_backward(const Staged::Occurring& occurring, float* to);
  void norm_heads(const Affine& weights, std::int64_t count, Elements x, Elements input,
                  float* reciprocal);
  void norm_heads_backward(const Affine& weights, const Affine& to, std::int64_t count,
                           Elements gradient, Elements input, const float* reciprocal);
  // Of queries and keys, which lie one behind the other.
  void turn(Elements x, std::int64_t first, std::int32_t backward);
  // Norms heads and turns them by their positions.
  void place(std::size_t layer, std::int64_t first);
  void place_backward(std::size_t layer);

  // losses.cpp: of `rows` rows of plan.logits, the losses of the targets from `first` on; and
  // the logits become their gradient.
  void losses_forward(std::int64_t first, std::int64_t rows);
  void losses_backward(std::int64_t first, std::int64_t rows, float scale);
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
