// SPDX-License-Identifier: Apache-2.0
// A decoder: x = embed(token), plus the position's where positions are learned; per layer
// x += out(attention(norm x)) and x += down(activate(up(norm x))); logits = head(norm x). What a
// norm, an activation and a position are, the family says; where it is computed, the backend.
#include "train/model/state.hpp"

#include <algorithm>

namespace aiops::train {

Elements Model::State::cached_layer(KeyValueCache& past, std::size_t layer) const {
  return Elements(past.memory.data(), backend->bytes_each()) +
         static_cast<std::int64_t>(layer) * config.max_position_embeddings * 2 * width.key;
}

// Of the rows or the documents of the batch; `first` keys come before them.
aiops_attention_shape Model::State::attention(std::int64_t first) const {
  const bool packed = staged.starts != nullptr;
  const std::int64_t queries = packed ? staged.longest : plan.length;
  return {.sequences = packed ? staged.documents : plan.rows,
          .queries = queries,
          .keys = first + queries,
          .heads = config.num_attention_heads,
          .kv_heads = config.num_key_value_heads,
          .head_dim = config.head_dim,
          .q_stride = width.qkv,
          .kv_stride = width.qkv,
          .starts = staged.starts};
}

// Elements are numbered through the rows of the run.
std::optional<Lora::Dropping> Model::State::dropping() const {
  if (staged.first_row == nullptr) return std::nullopt;
  return Lora::Dropping{staged.seed, staged.first_row, plan.length};
}

LinearLayer Model::State::linear(std::int64_t in, std::int64_t out) const {
  return {*backend, type(), tokens(), in, out};
}

LinearLayer Model::State::head(std::int64_t rows) const {
  return {*backend, head_type(), rows, width.hidden, width.outputs};
}

void Model::State::project(std::int64_t in, std::int64_t out, Elements x, const Affine& weights,
                           Elements y) {
  linear(in, out).forward(x, weights.weight, weights.bias, y);
  if (lora) lora->forward({tokens(), in, out}, x, weights.weight, y, dropping());
}

void Model::State::norm(Elements x, const Affine& weights, Elements y, const NormTape& tape) {
  if (family.norm == NormKind::rms)
    backend->run(aiops_rms_norm_forward{.type = type(),
                                        .epsilon = epsilon(),
                                        .rows = tokens(),
                                        .width = width.hidden,
                                        .x = x,
                                        .weight = backend->rounded(weights.weight),
                                        .y = y,
                                        .reciprocal = tape.reciprocal});
  else
    backend->run(aiops_layer_norm_forward{.type = type(),
                                          .epsilon = epsilon(),
                                          .rows = tokens(),
                                          .width = width.hidden,
                                          .x = x,
                                          .weight = backend->rounded(weights.weight),
                                          .bias = backend->rounded(weights.bias),
                                          .y = y,
                                          .mean = tape.mean,
                                          .reciprocal = tape.reciprocal});
}

void Model::State::add(Elements branch, Elements stream) {
  backend->run(aiops_residual{
      .type = type(), .count = tokens() * width.hidden, .branch = branch, .stream = stream});
}

void Model::State::activate(Elements up, Elements activated) {
  if (family.mlp == MlpKind::swiglu)
    backend->run(aiops_swiglu_forward{
        .type = type(), .rows = tokens(), .width = width.mlp, .gate_up = up, .out = activated});
  else
    backend->run(aiops_gelu_forward{
        .type = type(), .count = tokens() * width.mlp, .x = up, .out = activated});
}

void Model::State::norm_heads(const Affine& weights, std::int64_t count, Elements x, Elements input,
                              float* reciprocal) {
  backend->run(aiops_head_norm_forward{.type = type(),
                                       .epsilon = epsilon(),
                                       .rows = tokens(),
                                       .heads = count,
                                       .head_dim = config.head_dim,
                                       .stride = width.qkv,
                                       .weight = backend->rounded(weights.weight),
                                       .x = x,
                                       .input = input,
                                       .reciprocal = reciprocal});
}

void Model::State::turn(Elements x, std::int64_t first, std::int32_t backward) {
  backend->run(aiops_rope{.type = type(),
                          .backward = backward,
                          .rows = tokens(),
                          .length = plan.length,
                          .heads = config.num_attention_heads + config.num_key_value_heads,
                          .head_dim = config.head_dim,
                          .stride = width.qkv,
                          .first = first,
                          .positions = staged.positions,
                          .cosine = cosine,
                          .sine = sine,
                          .x = x});
}

void Model::State::place(std::size_t layer, std::int64_t first) {
  const Tensors::Layer& w = values.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  if (w.query_norm.weight != nullptr) {
    norm_heads(w.query_norm, config.num_attention_heads, a.qkv, a.queries, a.query_reciprocal);
    norm_heads(w.key_norm, config.num_key_value_heads, a.qkv + width.query, a.keys,
               a.key_reciprocal);
  }
  if (family.positions == PositionKind::rotary) turn(a.qkv, first, 0);
}

void Model::State::attend(std::size_t layer, KeyValueCache* past) {
  const LayerActivations& a = plan.layers[layer];
  const std::int64_t first = past == nullptr ? 0 : past->tokens;
  place(layer, first);
  aiops_attention_shape shape = attention(first);
  Elements keys = a.qkv + width.query;
  if (past != nullptr) {
    const Elements cached = cached_layer(*past, layer);
    shape.kv_stride = 2 * width.key;
    backend->run(aiops_scaled_rows{.type = type(),
                                   .accumulate = AIOPS_OVERWRITE,
                                   .factor = 1,
                                   .rows = plan.length,
                                   .width = 2 * width.key,
                                   .from_stride = width.qkv,
                                   .to_stride = shape.kv_stride,
                                   .from = keys,
                                   .to = cached + first * shape.kv_stride});
    keys = cached;
  }
  backend->run(aiops_attention_forward{.type = type(),
                                       .shape = shape,
                                       .q = a.qkv,
                                       .k = keys,
                                       .v = keys + width.key,
                                       .out = a.attention,
                                       .logsumexp = a.logsumexp});
}

void Model::State::forward_inside(std::size_t layer, KeyValueCache* past) {
  const Tensors::Layer& w = values.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  norm(a.input, w.attention_norm, a.attention_normed, a.attention_norm);
  project(width.hidden, width.qkv, a.attention_normed, w.qkv, a.qkv);
  attend(layer, past);
  project(width.query, width.hidden, a.attention, w.attention_out, a.middle);
  add(a.input, a.middle);

  norm(a.middle, w.mlp_norm, a.mlp_normed, a.mlp_norm);
  project(width.hidden, width.up, a.mlp_normed, w.up, a.up);
  activate(a.up, a.activated);
}

void Model::State::forward_layer(std::size_t layer, KeyValueCache* past) {
  const LayerActivations& a = plan.layers[layer];
  const Elements next = layer + 1 < plan.layers.size() ? plan.layers[layer + 1].input : plan.output;
  forward_inside(layer, past);
  project(width.mlp, width.hidden, a.activated, values.layers[layer].down, next);
  add(a.middle, next);
}

void Model::State::embed(const std::int32_t* ids, std::int64_t rows_of_table, const float* table,
                         Elements to) {
  backend->run(aiops_embedding_forward{.type = type(),
                                       .tokens = tokens(),
                                       .vocab = rows_of_table,
                                       .width = width.hidden,
                                       .ids = ids,
                                       .table = backend->rounded(table),
                                       .out = to});
}

void Model::State::forward(KeyValueCache* past) {
  const LayerActivations& a = plan.layers.front();
  embed(staged.ids, width.vocab, values.embedding, a.input);
  if (family.positions == PositionKind::learned) {
    embed(staged.counted, config.max_position_embeddings, values.positions, a.middle);
    add(a.middle, a.input);
  }
  for (std::size_t layer = 0; layer < plan.layers.size(); ++layer) forward_layer(layer, past);
  norm(plan.output, values.norm, plan.normed, plan.norm);
}

void Model::State::project_head(std::int64_t first, std::int64_t rows) {
  head(rows).forward(plan.normed + first * width.hidden, values.head, nullptr, plan.logits);
}

double Model::State::sum_of_losses(const Batch& batch, std::span<float> each,
                                   std::vector<float>* outputs) {
  const auto count = static_cast<std::int64_t>(batch.targets.size());
  for (std::int64_t first = 0; first < count; first += plan.logit_rows) {
    const std::int64_t rows = std::min(plan.logit_rows, count - first);
    project_head(first, rows);
    losses_forward(first, rows);
    if (outputs != nullptr) keep_outputs(batch, first, rows, *outputs);
  }
  return sum_of_read_losses(count, each);
}

}  // namespace aiops::train
