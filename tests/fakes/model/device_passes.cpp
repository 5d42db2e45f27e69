// SPDX-License-Identifier: Apache-2.0
// The passes of train/model/{forward,backward}.cpp.
#include "tests/fakes/model/device_model.hpp"

namespace aiops::fakes {

using train::Affine;
using train::LayerActivations;
using train::MlpKind;
using train::NormKind;
using train::PositionKind;
using train::Tensors;

void DeviceModel::project(std::int64_t in, std::int64_t out, const void* x, const Affine& weights,
                          void* y) {
  queue_(aiops_linear_forward{.type = type(),
                              .activation = AIOPS_NO_ACTIVATION,
                              .rows = tokens(),
                              .in = in,
                              .out = out,
                              .x = x,
                              .weight = weight(weights.weight),
                              .bias = nullptr,
                              .pre_activation = nullptr,
                              .y = y});
  if (weights.bias == nullptr) return;
  queue_(aiops_bias_forward{
      .type = type(), .rows = tokens(), .width = out, .bias = weight(weights.bias), .y = y});
}

void DeviceModel::project_backward(std::int64_t in, std::int64_t out, const void* y_gradient,
                                   const void* x, const Affine& weights, const Affine& to,
                                   void* x_gradient) {
  queue_(aiops_linear_backward_input{.type = type(),
                                     .rows = tokens(),
                                     .in = in,
                                     .out = out,
                                     .y_gradient = y_gradient,
                                     .weight = weight(weights.weight),
                                     .pre_activation = nullptr,
                                     .x_gradient = x_gradient});
  queue_(aiops_linear_backward_weight{.type = type(),
                                      .accumulate = AIOPS_ADD,
                                      .rows = tokens(),
                                      .in = in,
                                      .out = out,
                                      .y_gradient = y_gradient,
                                      .x = x,
                                      .weight_gradient = to.weight,
                                      .bias_gradient = nullptr});
  if (weights.bias == nullptr) return;
  queue_(aiops_bias_backward{.type = type(),
                             .rows = tokens(),
                             .width = out,
                             .y_gradient = y_gradient,
                             .bias_gradient = to.bias});
}

void DeviceModel::norm(const void* x, const Affine& weights, void* y, const train::NormTape& tape) {
  const auto epsilon = static_cast<float>(config_.norm_eps);
  if (family_.norm == NormKind::rms)
    queue_(aiops_rms_norm_forward{.type = type(),
                                  .epsilon = epsilon,
                                  .rows = tokens(),
                                  .width = width_.hidden,
                                  .x = x,
                                  .weight = weight(weights.weight),
                                  .y = y,
                                  .reciprocal = tape.reciprocal});
  else
    queue_(aiops_layer_norm_forward{.type = type(),
                                    .epsilon = epsilon,
                                    .rows = tokens(),
                                    .width = width_.hidden,
                                    .x = x,
                                    .weight = weight(weights.weight),
                                    .bias = weight(weights.bias),
                                    .y = y,
                                    .mean = tape.mean,
                                    .reciprocal = tape.reciprocal});
}

// From the branch's gradient, into the stream's.
void DeviceModel::norm_backward(const void* x, const Affine& weights, const train::NormTape& tape,
                                const Affine& to) {
  const auto epsilon = static_cast<float>(config_.norm_eps);
  if (family_.norm == NormKind::rms)
    queue_(aiops_rms_norm_backward{.type = type(),
                                   .epsilon = epsilon,
                                   .rows = tokens(),
                                   .width = width_.hidden,
                                   .x = x,
                                   .weight = weight(weights.weight),
                                   .reciprocal = tape.reciprocal,
                                   .y_gradient = plan_.branch_gradient,
                                   .x_gradient = plan_.stream_gradient,
                                   .weight_gradient = to.weight});
  else
    queue_(aiops_layer_norm_backward{.type = type(),
                                     .epsilon = epsilon,
                                     .rows = tokens(),
                                     .width = width_.hidden,
                                     .x = x,
                                     .weight = weight(weights.weight),
                                     .mean = tape.mean,
                                     .reciprocal = tape.reciprocal,
                                     .y_gradient = plan_.branch_gradient,
                                     .x_gradient = plan_.stream_gradient,
                                     .weight_gradient = to.weight,
                                     .bias_gradient = to.bias});
}

void DeviceModel::add(const void* branch, void* stream) {
  queue_(aiops_residual{
      .type = type(), .count = tokens() * width_.hidden, .branch = branch, .stream = stream});
}

void DeviceModel::head_norm(const Affine& weights, std::int64_t heads, void* x, void* input,
                            float* reciprocal) {
  queue_(aiops_head_norm_forward{.type = type(),
                                 .epsilon = static_cast<float>(config_.norm_eps),
                                 .rows = tokens(),
                                 .heads = heads,
                                 .head_dim = config_.head_dim,
                                 .stride = width_.qkv,
                                 .weight = weight(weights.weight),
                                 .x = x,
                                 .input = input,
                                 .reciprocal = reciprocal});
}

void DeviceModel::head_norm_backward(const Affine& weights, const Affine& to, std::int64_t heads,
                                     void* gradient, const void* input, const float* reciprocal) {
  queue_(aiops_head_norm_backward{.type = type(),
                                  .epsilon = static_cast<float>(config_.norm_eps),
                                  .rows = tokens(),
                                  .heads = heads,
                                  .head_dim = config_.head_dim,
                                  .stride = width_.qkv,
                                  .weight = weight(weights.weight),
                                  .input = input,
                                  .reciprocal = reciprocal,
                                  .gradient = gradient,
                                  .weight_gradient = to.weight});
}

// Queries and keys, which lie one behind the other.
void DeviceModel::turn(std::int32_t backward, void* x) {
  if (family_.positions != PositionKind::rotary) return;
  queue_(aiops_rope{.type = type(),
                    .backward = backward,
                    .rows = tokens(),
                    .length = plan_.length,
                    .heads = config_.num_attention_heads + config_.num_key_value_heads,
                    .head_dim = config_.head_dim,
                    .stride = width_.qkv,
                    .first = 0,
                    .positions = nullptr,
                    .cosine = cosine_,
                    .sine = sine_,
                    .x = x});
}

aiops_attention_shape DeviceModel::attention() const {
  return {.sequences = plan_.rows,
          .queries = plan_.length,
          .keys = plan_.length,
          .heads = config_.num_attention_heads,
          .kv_heads = config_.num_key_value_heads,
          .head_dim = config_.head_dim,
          .q_stride = width_.qkv,
          .kv_stride = width_.qkv,
          .starts = nullptr};
}

void DeviceModel::forward_layer(std::size_t layer) {
  const Tensors::Layer& w = values_.layers[layer];
  const LayerActivations& a = plan_.layers[layer];
  norm(a.input, w.attention_norm, a.attention_normed, a.attention_norm);
  project(width_.hidden, width_.qkv, a.attention_normed, w.qkv, a.qkv);
  void* const keys = behind(a.qkv, width_.query);
  if (w.query_norm.weight != nullptr) {
    head_norm(w.query_norm, config_.num_attention_heads, a.qkv, a.queries, a.query_reciprocal);
    head_norm(w.key_norm, config_.num_key_value_heads, keys, a.keys, a.key_reciprocal);
  }
  turn(0, a.qkv);
  queue_(aiops_attention_forward{.type = type(),
                                 .shape = attention(),
                                 .q = a.qkv,
                                 .k = keys,
                                 .v = behind(keys, width_.key),
                                 .out = a.attention,
                                 .logsumexp = a.logsumexp});
  project(width_.query, width_.hidden, a.attention, w.attention_out, a.middle);
  add(a.input, a.middle);

  norm(a.middle, w.mlp_norm, a.mlp_normed, a.mlp_norm);
  project(width_.hidden, width_.up, a.mlp_normed, w.up, a.up);
  if (family_.mlp == MlpKind::swiglu)
    queue_(aiops_swiglu_forward{.type = type(),
                                .rows = tokens(),
                                .width = width_.mlp,
                                .gate_up = a.up,
                                .out = a.activated});
  else
    queue_(aiops_gelu_forward{
        .type = type(), .count = tokens() * width_.mlp, .x = a.up, .out = a.activated});
  float* const next =
      layer + 1 < plan_.layers.size() ? plan_.layers[layer + 1].input : plan_.output;
  project(width_.mlp, width_.hidden, a.activated, w.down, next);
  add(a.middle, next);
}

void DeviceModel::embed(const std::int32_t* ids, std::int64_t vocab, const float* table,
                        void* out) {
  queue_(aiops_embedding_forward{.type = type(),
                                 .tokens = tokens(),
                                 .vocab = vocab,
                                 .width = width_.hidden,
                                 .ids = ids,
                                 .table = weight(table),
                                 .out = out});
}

void DeviceModel::forward(const Staged& staged) {
  const LayerActivations& first = plan_.layers.front();
  embed(staged.ids, width_.vocab, values_.embedding, first.input);
  if (family_.positions == PositionKind::learned) {
    embed(staged.counted, config_.max_position_embeddings, values_.positions, first.middle);
    add(first.middle, first.input);
  }
  for (std::size_t layer = 0; layer < plan_.layers.size(); ++layer) forward_layer(layer);
  norm(plan_.output, values_.norm, plan_.normed, plan_.norm);
}

void DeviceModel::head(const Staged& staged) {
  project(width_.hidden, width_.vocab, plan_.normed, {values_.head, nullptr}, plan_.logits);
  queue_(aiops_cross_entropy_backward{.type = type(),
                                      .scale = staged.scale,
                                      .rows = tokens(),
                                      .vocab = width_.vocab,
                                      .logits = plan_.logits,
                                      .targets = staged.targets,
                                      .losses = plan_.losses});
  project_backward(width_.hidden, width_.vocab, plan_.logits, plan_.normed, {values_.head, nullptr},
                   {gradients_.head, nullptr}, plan_.branch_gradient);
}

void DeviceModel::mlp_gradient(std::size_t layer) {
  const Tensors::Layer& w = values_.layers[layer];
  const Tensors::Layer& g = gradients_.layers[layer];
  const LayerActivations& a = plan_.layers[layer];
  project_backward(width_.mlp, width_.hidden, plan_.stream_gradient, a.activated, w.down, g.down,
                   plan_.narrow_gradient);
  if (family_.mlp == MlpKind::swiglu)
    queue_(aiops_swiglu_backward{.type = type(),
                                 .rows = tokens(),
                                 .width = width_.mlp,
                                 .gate_up = a.up,
                                 .out_gradient = plan_.narrow_gradient,
                                 .gate_up_gradient = plan_.wide_gradient});
  else
    queue_(aiops_gelu_backward{.type = type(),
                               .count = tokens() * width_.mlp,
                               .x = a.up,
                               .out_gradient = plan_.narrow_gradient,
                               .x_gradient = plan_.wide_gradient});
  project_backward(width_.hidden, width_.up, plan_.wide_gradient, a.mlp_normed, w.up, g.up,
                   plan_.branch_gradient);
  norm_backward(a.middle, w.mlp_norm, a.mlp_norm, g.mlp_norm);
}

void DeviceModel::attention_gradient(std::size_t layer) {
  const Tensors::Layer& w = values_.layers[layer];
  const Tensors::Layer& g = gradients_.layers[layer];
  const LayerActivations& a = plan_.layers[layer];
  project_backward(width_.query, width_.hidden, plan_.stream_gradient, a.attention, w.attention_out,
                   g.attention_out, plan_.narrow_gradient);
  void* const keys = behind(a.qkv, width_.query);
  void* const k_gradient = behind(plan_.wide_gradient, width_.query);
  queue_(aiops_attention_backward{.type = type(),
                                  .shape = attention(),
                                  .q = a.qkv,
                                  .k = keys,
                                  .v = behind(keys, width_.key),
                                  .out = a.attention,
                                  .logsumexp = a.logsumexp,
                                  .out_gradient = plan_.narrow_gradient,
                                  .q_gradient = plan_.wide_gradient,
                                  .k_gradient = k_gradient,
                                  .v_gradient = behind(k_gradient, width_.key)});
  turn(1, plan_.wide_gradient);
  if (w.query_norm.weight != nullptr) {
    head_norm_backward(w.query_norm, g.query_norm, config_.num_attention_heads, plan_.wide_gradient,
                       a.queries, a.query_reciprocal);
    head_norm_backward(w.key_norm, g.key_norm, config_.num_key_value_heads, k_gradient, a.keys,
                       a.key_reciprocal);
  }
  project_backward(width_.hidden, width_.qkv, plan_.wide_gradient, a.attention_normed, w.qkv, g.qkv,
                   plan_.branch_gradient);
  norm_backward(a.input, w.attention_norm, a.attention_norm, g.attention_norm);
}

void DeviceModel::embed_backward(const Occurring& occurring, float* to) {
  queue_(aiops_embedding_backward{.type = type(),
                                  .tokens_that_occur = occurring.count,
                                  .width = width_.hidden,
                                  .tokens = occurring.tokens,
                                  .starts = occurring.starts,
                                  .places = occurring.places,
                                  .out_gradient = plan_.stream_gradient,
                                  .table_gradient = to});
}

void DeviceModel::backward(const Staged& staged) {
  const std::int64_t stream = tokens() * width_.hidden;
  queue_.clear(plan_.stream_gradient,
               static_cast<std::uint64_t>(stream * (type_ == Type::bf16 ? 2 : 4)));
  norm_backward(plan_.output, values_.norm, plan_.norm, gradients_.norm);
  for (std::size_t layer = plan_.layers.size(); layer-- > 0;) {
    mlp_gradient(layer);
    attention_gradient(layer);
  }
  embed_backward(staged.tokens, gradients_.embedding);
  if (family_.positions == PositionKind::learned)
    embed_backward(staged.positions, gradients_.positions);
}

}  // namespace aiops::fakes
