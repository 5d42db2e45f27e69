// SPDX-License-Identifier: Apache-2.0
// A decoder: x = embed(token), plus the position's where positions are learned; per layer
// x += out(attention(norm x)) and x += down(activate(up(norm x))); logits = head(norm x). What a
// norm, an activation and a position are, the family says.
#include "kernels/attention.hpp"
#include "kernels/embedding.hpp"
#include "kernels/gelu.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/linear.hpp"
#include "kernels/residual.hpp"
#include "kernels/rms_norm.hpp"
#include "kernels/rope.hpp"
#include "kernels/swiglu.hpp"
#include "train/model/state.hpp"

#include <algorithm>

namespace aiops::train {

using namespace kernels;

float* Model::State::cached_layer(KeyValueCache& past, std::size_t layer) const {
  return past.memory.data() +
         static_cast<std::int64_t>(layer) * config.max_position_embeddings * 2 * width.key;
}

Linear Model::State::linear(std::int64_t in, std::int64_t out) const {
  return {tokens(), in, out, options.precision};
}

// `count` heads of each row of queries, keys and values.
HeadNorm Model::State::heads(std::int64_t count) const {
  return {.rows = tokens(),
          .heads = count,
          .head_dim = config.head_dim,
          .stride = width.qkv,
          .epsilon = static_cast<float>(config.norm_eps)};
}

// Of queries and keys, which lie one behind the other.
Rope Model::State::rope(std::int64_t first) const {
  return {.rows = tokens(),
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
          .starts = starts,
          .precision = options.precision};
}

// Elements are numbered through the rows of the run.
std::optional<Lora::Dropping> Model::State::dropping() const {
  if (draws == nullptr) return std::nullopt;
  return Lora::Dropping{draws->seed, draws->first_row * static_cast<std::uint64_t>(plan.length)};
}

void Model::State::project(const Linear& shape, const float* x, const Affine& weights, float* y) {
  linear_forward(shape, x, weights.weight, weights.bias, y, threads);
  if (lora) lora->forward(shape, x, weights.weight, y, dropping());
}

void Model::State::norm(const float* x, const Affine& weights, float* y, const NormTape& tape) {
  const auto epsilon = static_cast<float>(config.norm_eps);
  if (family.norm == NormKind::rms)
    rms_norm_forward({tokens(), width.hidden, epsilon}, x, weights.weight, y, tape.reciprocal,
                     threads);
  else
    layer_norm_forward({tokens(), width.hidden, epsilon}, x, weights.weight, weights.bias, y,
                       {tape.mean, tape.reciprocal}, threads);
}

void Model::State::activate(const float* up, float* activated) {
  if (family.mlp == MlpKind::swiglu)
    swiglu_forward({tokens(), width.mlp}, up, activated, threads);
  else
    gelu_forward(tokens() * width.mlp, up, activated, threads);
}

void Model::State::place(std::size_t layer, std::int64_t first) {
  const Tensors::Layer& w = values.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  if (w.query_norm.weight != nullptr) {
    head_norm_forward(heads(config.num_attention_heads), w.query_norm.weight, a.qkv,
                      {a.queries, a.query_reciprocal}, threads);
    head_norm_forward(heads(config.num_key_value_heads), w.key_norm.weight, a.qkv + width.query,
                      {a.keys, a.key_reciprocal}, threads);
  }
  if (family.positions == PositionKind::rotary)
    rope_forward(rope(first), cosine, sine, a.qkv, threads);
}

void Model::State::attend(std::size_t layer, KeyValueCache* past) {
  const LayerActivations& a = plan.layers[layer];
  const std::int64_t first = past == nullptr ? 0 : past->tokens;
  place(layer, first);
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
  norm(a.input, w.attention_norm, a.attention_normed, a.attention_norm);
  project(linear(width.hidden, width.qkv), a.attention_normed, w.qkv, a.qkv);
  attend(layer, past);
  project(linear(width.query, width.hidden), a.attention, w.attention_out, a.middle);
  residual_add(tokens() * width.hidden, a.input, a.middle, threads);

  norm(a.middle, w.mlp_norm, a.mlp_normed, a.mlp_norm);
  project(linear(width.hidden, width.up), a.mlp_normed, w.up, a.up);
  activate(a.up, a.activated);
}

void Model::State::forward_layer(std::size_t layer, KeyValueCache* past) {
  const LayerActivations& a = plan.layers[layer];
  float* next = layer + 1 < plan.layers.size() ? plan.layers[layer + 1].input : plan.output;
  forward_inside(layer, past);
  project(linear(width.mlp, width.hidden), a.activated, values.layers[layer].down, next);
  residual_add(tokens() * width.hidden, a.middle, next, threads);
}

// The positions as a list, which the table of learned ones is looked up with.
void Model::State::fill_positions(std::int64_t first) {
  counted.resize(static_cast<std::size_t>(tokens()));
  for (std::int64_t i = 0; i < tokens(); ++i)
    counted[static_cast<std::size_t>(i)] = static_cast<std::int32_t>(rope(first).position(i));
}

void Model::State::embed(std::span<const std::int32_t> ids, std::int64_t first) {
  const LayerActivations& a = plan.layers.front();
  embedding_forward(ids, width.hidden, values.embedding, a.input, threads);
  if (family.positions == PositionKind::rotary) return;
  fill_positions(first);
  embedding_forward(counted, width.hidden, values.positions, a.middle, threads);
  residual_add(tokens() * width.hidden, a.middle, a.input, threads);
}

void Model::State::forward(std::span<const std::int32_t> ids, KeyValueCache* past) {
  embed(ids, past == nullptr ? 0 : past->tokens);
  for (std::size_t layer = 0; layer < plan.layers.size(); ++layer) forward_layer(layer, past);
  norm(plan.output, values.norm, plan.normed, plan.norm);
}

double Model::State::sum_of_losses(const Batch& batch, std::span<float> each,
                                   std::vector<float>* outputs) {
  const auto count = static_cast<std::int64_t>(batch.targets.size());
  double sum = 0;
  for (std::int64_t first = 0; first < count; first += plan.logit_rows) {
    const std::int64_t rows = std::min(plan.logit_rows, count - first);
    linear_forward(head(rows), plan.normed + first * width.hidden, values.head, nullptr,
                   plan.logits, threads);
    losses_forward(batch, first, rows);
    for (std::int64_t i = 0; i < rows; ++i) sum += static_cast<double>(plan.losses[i]);
    if (!each.empty()) std::copy_n(plan.losses, rows, each.data() + first);
    if (outputs != nullptr) keep_outputs(batch, first, rows, *outputs);
  }
  return sum;
}

}  // namespace aiops::train
