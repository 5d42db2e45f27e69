// SPDX-License-Identifier: Apache-2.0
// A Llama decoder: x = embed(token); per layer x += out(attention(norm x)) and
// x += down(silu(gate h) · up h), h = norm x; logits = head(norm x).
#include "kernels/attention.hpp"
#include "kernels/cross_entropy.hpp"
#include "kernels/embedding.hpp"
#include "kernels/linear.hpp"
#include "kernels/residual.hpp"
#include "kernels/rms_norm.hpp"
#include "kernels/rope.hpp"
#include "kernels/swiglu.hpp"
#include "train/model_state.hpp"

#include <algorithm>

namespace aiops::train {

using namespace kernels;

float* Model::State::cached_layer(KeyValueCache& past, std::size_t layer) const {
  return past.memory.data() +
         static_cast<std::int64_t>(layer) * config.max_position_embeddings * 2 * width.key;
}

Linear Model::State::linear(std::int64_t in, std::int64_t out) const {
  return {plan.rows * plan.length, in, out, options.precision};
}

// Of queries and keys, which lie one behind the other.
Rope Model::State::rope(std::int64_t first) const {
  return {.rows = plan.rows * plan.length,
          .length = plan.length,
          .heads = config.num_attention_heads + config.num_key_value_heads,
          .head_dim = config.head_dim,
          .stride = width.qkv,
          .first = first,
          .positions = positions};
}

// Of the rows or the documents of the batch; `first` keys come before them.
Attention Model::State::attention(std::int64_t first) const {
  const bool packed = !starts.empty();
  const std::int64_t queries = packed ? longest : plan.length;
  return {.sequences = packed ? static_cast<std::int64_t>(starts.size()) - 1 : plan.rows,
          .queries = queries,
          .keys = first + queries,
          .heads = config.num_attention_heads,
          .kv_heads = config.num_key_value_heads,
          .head_dim = config.head_dim,
          .q_stride = width.qkv,
          .kv_stride = width.qkv,
          .starts = starts};
}

void Model::State::attend(std::size_t layer, KeyValueCache* past) {
  const LayerActivations& a = plan.layers[layer];
  const std::int64_t first = past == nullptr ? 0 : past->tokens;
  rope_forward(rope(first), cosine, sine, a.qkv, threads);
  Attention shape = attention(first);
  const float* keys = a.qkv + width.query;
  if (past != nullptr) {
    float* cached = cached_layer(*past, layer);
    for (std::int64_t i = 0; i < plan.length; ++i)
      std::copy_n(keys + i * width.qkv, 2 * width.key, cached + (first + i) * 2 * width.key);
    keys = cached;
    shape.kv_stride = 2 * width.key;
  }
  attention_forward(shape, a.qkv, keys, keys + width.key, a.attention, a.logsumexp, threads);
}

void Model::State::forward_inside(std::size_t layer, KeyValueCache* past) {
  const Tensors::Layer& w = values.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  const std::int64_t tokens = plan.rows * plan.length;
  const RmsNorm norm{tokens, width.hidden, static_cast<float>(config.norm_eps)};

  rms_norm_forward(norm, a.input, w.attention_norm, a.attention_normed, a.attention_reciprocal,
                   threads);
  linear_forward(linear(width.hidden, width.qkv), a.attention_normed, w.qkv, a.qkv, threads);
  attend(layer, past);
  linear_forward(linear(width.query, width.hidden), a.attention, w.attention_out, a.middle,
                 threads);
  residual_add(tokens * width.hidden, a.input, a.middle, threads);

  rms_norm_forward(norm, a.middle, w.mlp_norm, a.mlp_normed, a.mlp_reciprocal, threads);
  linear_forward(linear(width.hidden, 2 * width.mlp), a.mlp_normed, w.gate_up, a.gate_up, threads);
  swiglu_forward({tokens, width.mlp}, a.gate_up, a.gated, threads);
}

void Model::State::forward_layer(std::size_t layer, KeyValueCache* past) {
  const LayerActivations& a = plan.layers[layer];
  float* next = layer + 1 < plan.layers.size() ? plan.layers[layer + 1].input : plan.output;
  forward_inside(layer, past);
  linear_forward(linear(width.mlp, width.hidden), a.gated, values.layers[layer].down, next,
                 threads);
  residual_add(plan.rows * plan.length * width.hidden, a.middle, next, threads);
}

void Model::State::forward(std::span<const std::int32_t> tokens, KeyValueCache* past) {
  embedding_forward(tokens, width.hidden, values.embedding, plan.layers.front().input, threads);
  for (std::size_t layer = 0; layer < plan.layers.size(); ++layer) forward_layer(layer, past);
  rms_norm_forward({plan.rows * plan.length, width.hidden, static_cast<float>(config.norm_eps)},
                   plan.output, values.norm, plan.normed, plan.reciprocal, threads);
}

double Model::State::sum_of_losses(std::span<const std::int32_t> targets, std::span<float> each) {
  const auto tokens = static_cast<std::int64_t>(targets.size());
  double sum = 0;
  for (std::int64_t first = 0; first < tokens; first += plan.logit_rows) {
    const std::int64_t rows = std::min(plan.logit_rows, tokens - first);
    linear_forward({rows, width.hidden, width.vocab, options.precision},
                   plan.normed + first * width.hidden, values.head, plan.logits, threads);
    cross_entropy_forward({rows, width.vocab}, plan.logits, targets.data() + first, plan.losses,
                          threads);
    for (std::int64_t i = 0; i < rows; ++i) sum += static_cast<double>(plan.losses[i]);
    if (!each.empty()) std::copy_n(plan.losses, rows, each.data() + first);
  }
  return sum;
}

}  // namespace aiops::train
