// SPDX-License-Identifier: Apache-2.0
// The forward pass read backwards. The gradient of the residual stream runs through in one buffer:
// every branch adds its own to it. Parameters' gradients are added to, so that micro-batches sum.
#include "train/model/state.hpp"

#include <algorithm>

namespace aiops::train {

void Model::State::head_backward(std::int64_t targets, float scale) {
  for (std::int64_t first = 0; first < targets; first += plan.logit_rows) {
    const std::int64_t rows = std::min(plan.logit_rows, targets - first);
    const std::int64_t at = first * width.hidden;
    const LinearLayer layer = head(rows);
    project_head(first, rows);
    losses_backward(first, rows, scale);
    layer.input_gradient(plan.logits, values.head, AIOPS_OVERWRITE, plan.branch_gradient + at);
    if (gradients.head != nullptr)
      layer.weight_gradient(plan.logits, plan.normed + at, fresh.take(gradients.head),
                            gradients.head);
  }
}

void Model::State::project_backward(std::int64_t in, std::int64_t out, Elements y_gradient,
                                    Elements x, const Affine& weights, const Affine& to,
                                    Elements x_gradient) {
  const LinearLayer layer = linear(in, out);
  layer.input_gradient(y_gradient, weights.weight, AIOPS_OVERWRITE, x_gradient);
  if (lora)
    return lora->backward({tokens(), in, out}, y_gradient, x, weights.weight, x_gradient,
                          dropping());
  layer.weight_gradient(y_gradient, x, fresh.take(to.weight), to.weight);
  if (weights.bias != nullptr)
    backend->run(aiops_bias_backward{.type = type(),
                                     .rows = tokens(),
                                     .width = out,
                                     .y_gradient = y_gradient,
                                     .bias_gradient = to.bias});
}

void Model::State::norm_backward(Elements x, const Affine& weights, const NormTape& tape,
                                 const Affine& to) {
  if (family.norm == NormKind::rms)
    backend->run(aiops_rms_norm_backward{.type = type(),
                                         .epsilon = epsilon(),
                                         .rows = tokens(),
                                         .width = width.hidden,
                                         .x = x,
                                         .weight = backend->rounded(weights.weight),
                                         .reciprocal = tape.reciprocal,
                                         .y_gradient = plan.branch_gradient,
                                         .x_gradient = plan.stream_gradient,
                                         .weight_gradient = sink(to.weight)});
  else
    backend->run(aiops_layer_norm_backward{.type = type(),
                                           .epsilon = epsilon(),
                                           .rows = tokens(),
                                           .width = width.hidden,
                                           .x = x,
                                           .weight = backend->rounded(weights.weight),
                                           .mean = tape.mean,
                                           .reciprocal = tape.reciprocal,
                                           .y_gradient = plan.branch_gradient,
                                           .x_gradient = plan.stream_gradient,
                                           .weight_gradient = sink(to.weight),
                                           .bias_gradient = sink(to.bias)});
}

void Model::State::activate_backward(Elements up, Elements gradient, Elements up_gradient) {
  if (family.mlp == MlpKind::swiglu)
    backend->run(aiops_swiglu_backward{.type = type(),
                                       .rows = tokens(),
                                       .width = width.mlp,
                                       .gate_up = up,
                                       .out_gradient = gradient,
                                       .gate_up_gradient = up_gradient});
  else
    backend->run(aiops_gelu_backward{.type = type(),
                                     .count = tokens() * width.mlp,
                                     .x = up,
                                     .out_gradient = gradient,
                                     .x_gradient = up_gradient});
}

void Model::State::mlp_gradient(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  project_backward(width.mlp, width.hidden, plan.stream_gradient, a.activated, w.down, g.down,
                   plan.narrow_gradient);
  activate_backward(a.up, plan.narrow_gradient, plan.wide_gradient);
  project_backward(width.hidden, width.up, plan.wide_gradient, a.mlp_normed, w.up, g.up,
                   plan.branch_gradient);
  norm_backward(a.middle, w.mlp_norm, a.mlp_norm, g.mlp_norm);
}

void Model::State::norm_heads_backward(const Affine& weights, const Affine& to, std::int64_t count,
                                       Elements gradient, Elements input, const float* reciprocal) {
  backend->run(aiops_head_norm_backward{.type = type(),
                                        .epsilon = epsilon(),
                                        .rows = tokens(),
                                        .heads = count,
                                        .head_dim = config.head_dim,
                                        .stride = width.qkv,
                                        .weight = backend->rounded(weights.weight),
                                        .input = input,
                                        .reciprocal = reciprocal,
                                        .gradient = gradient,
                                        .weight_gradient = sink(to.weight)});
}

// In plan.wide_gradient.
void Model::State::place_backward(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  if (family.positions == PositionKind::rotary) turn(plan.wide_gradient, 0, 1);
  if (w.query_norm.weight == nullptr) return;
  norm_heads_backward(w.query_norm, g.query_norm, config.num_attention_heads, plan.wide_gradient,
                      a.queries, a.query_reciprocal);
  norm_heads_backward(w.key_norm, g.key_norm, config.num_key_value_heads,
                      plan.wide_gradient + width.query, a.keys, a.key_reciprocal);
}

void Model::State::attention_gradient(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  project_backward(width.query, width.hidden, plan.stream_gradient, a.attention, w.attention_out,
                   g.attention_out, plan.narrow_gradient);
  const Elements keys = a.qkv + width.query;
  const Elements key_gradient = plan.wide_gradient + width.query;
  backend->run(aiops_attention_backward{.type = type(),
                                        .shape = attention(0),
                                        .q = a.qkv,
                                        .k = keys,
                                        .v = keys + width.key,
                                        .out = a.attention,
                                        .logsumexp = a.logsumexp,
                                        .out_gradient = plan.narrow_gradient,
                                        .q_gradient = plan.wide_gradient,
                                        .k_gradient = key_gradient,
                                        .v_gradient = key_gradient + width.key});
  place_backward(layer);
  project_backward(width.hidden, width.qkv, plan.wide_gradient, a.attention_normed, w.qkv, g.qkv,
                   plan.branch_gradient);
  norm_backward(a.input, w.attention_norm, a.attention_norm, g.attention_norm);
}

void Model::State::embed_backward(const Staged::Occurring& occurring, float* to) {
  backend->run(aiops_embedding_backward{.type = type(),
                                        .tokens_that_occur = occurring.count,
                                        .width = width.hidden,
                                        .tokens = occurring.tokens,
                                        .starts = occurring.starts,
                                        .places = occurring.places,
                                        .out_gradient = plan.stream_gradient,
                                        .table_gradient = to});
}

void Model::State::backward() {
  backend->clear(plan.stream_gradient,
                 static_cast<std::uint64_t>(tokens() * width.hidden * backend->bytes_each()));
  norm_backward(plan.output, values.norm, plan.norm, gradients.norm);
  for (std::size_t layer = plan.layers.size(); layer-- > 0;) {
    // The last layer is still as the forward pass left it.
    if (plan.keep == Keep::inputs && layer + 1 < plan.layers.size()) forward_inside(layer, nullptr);
    mlp_gradient(layer);
    attention_gradient(layer);
  }
  if (lora) return;  // the embeddings are frozen
  fresh.settle(gradients.embedding, *backend);
  embed_backward(staged.tokens, gradients.embedding);
  if (family.positions == PositionKind::learned)
    embed_backward(staged.counted_positions, gradients.positions);
}

}  // namespace aiops::train
