// SPDX-License-Identifier: Apache-2.0
// The forward pass read backwards. The gradient of the residual stream runs through in one buffer:
// every branch adds its own to it. Parameters' gradients are added to, so that micro-batches sum.
#include "kernels/attention.hpp"
#include "kernels/bias.hpp"
#include "kernels/embedding.hpp"
#include "kernels/gelu.hpp"
#include "kernels/layer_norm.hpp"
#include "kernels/linear.hpp"
#include "kernels/rms_norm.hpp"
#include "kernels/rope.hpp"
#include "kernels/swiglu.hpp"
#include "train/model/state.hpp"

#include <algorithm>

namespace aiops::train {

using namespace kernels;

double Model::State::head_backward(const Batch& batch, float scale) {
  const auto count = static_cast<std::int64_t>(batch.targets.size());
  double sum = 0;
  for (std::int64_t first = 0; first < count; first += plan.logit_rows) {
    const std::int64_t rows = std::min(plan.logit_rows, count - first);
    const Linear shape = head(rows);
    const float* normed = plan.normed + first * width.hidden;
    linear_forward(shape, normed, values.head, nullptr, plan.logits, threads);
    losses_backward(batch, first, rows, scale);
    for (std::int64_t i = 0; i < rows; ++i) sum += static_cast<double>(plan.losses[i]);
    linear_backward_input(shape, plan.logits, values.head,
                          plan.branch_gradient + first * width.hidden, threads);
    if (gradients.head != nullptr)
      linear_backward_weight(shape, fresh.take(gradients.head), plan.logits, normed, gradients.head,
                             threads);
  }
  return sum;
}

void Model::State::project_backward(const Linear& shape, const float* y_gradient, const float* x,
                                    const Affine& weights, const Affine& to, float* x_gradient) {
  linear_backward_input(shape, y_gradient, weights.weight, x_gradient, threads);
  if (lora) return lora->backward(shape, y_gradient, x, weights.weight, x_gradient, dropping());
  linear_backward_weight(shape, fresh.take(to.weight), y_gradient, x, to.weight, threads);
  if (weights.bias != nullptr) bias_backward({shape.rows, shape.out}, y_gradient, to.bias, threads);
}

void Model::State::norm_backward(const float* x, const Affine& weights, const NormTape& tape,
                                 const Affine& to) {
  const auto epsilon = static_cast<float>(config.norm_eps);
  if (family.norm == NormKind::rms)
    rms_norm_backward({tokens(), width.hidden, epsilon}, x, weights.weight, tape.reciprocal,
                      plan.branch_gradient, plan.stream_gradient, sink(to.weight), threads);
  else
    layer_norm_backward({tokens(), width.hidden, epsilon}, x, weights.weight,
                        {tape.mean, tape.reciprocal}, plan.branch_gradient, plan.stream_gradient,
                        sink(to.weight), sink(to.bias), threads);
}

void Model::State::activate_backward(const float* up, const float* gradient, float* up_gradient) {
  if (family.mlp == MlpKind::swiglu)
    swiglu_backward({tokens(), width.mlp}, up, gradient, up_gradient, threads);
  else
    gelu_backward(tokens() * width.mlp, up, gradient, up_gradient, threads);
}

void Model::State::mlp_gradient(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  project_backward(linear(width.mlp, width.hidden), plan.stream_gradient, a.activated, w.down,
                   g.down, plan.narrow_gradient);
  activate_backward(a.up, plan.narrow_gradient, plan.wide_gradient);
  project_backward(linear(width.hidden, width.up), plan.wide_gradient, a.mlp_normed, w.up, g.up,
                   plan.branch_gradient);
  norm_backward(a.middle, w.mlp_norm, a.mlp_norm, g.mlp_norm);
}

// In plan.wide_gradient.
void Model::State::place_backward(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  if (family.positions == PositionKind::rotary)
    rope_backward(rope(0), cosine, sine, plan.wide_gradient, threads);
  if (w.query_norm.weight == nullptr) return;
  head_norm_backward(heads(config.num_attention_heads), w.query_norm.weight,
                     {a.queries, a.query_reciprocal}, plan.wide_gradient, sink(g.query_norm.weight),
                     threads);
  head_norm_backward(heads(config.num_key_value_heads), w.key_norm.weight,
                     {a.keys, a.key_reciprocal}, plan.wide_gradient + width.query,
                     sink(g.key_norm.weight), threads);
}

void Model::State::attention_gradient(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  project_backward(linear(width.query, width.hidden), plan.stream_gradient, a.attention,
                   w.attention_out, g.attention_out, plan.narrow_gradient);
  float* k_gradient = plan.wide_gradient + width.query;
  attention_backward(attention(0),
                     {.q = a.qkv,
                      .k = a.qkv + width.query,
                      .v = a.qkv + width.query + width.key,
                      .out = a.attention,
                      .logsumexp = a.logsumexp,
                      .out_gradient = plan.narrow_gradient},
                     plan.wide_gradient, k_gradient, k_gradient + width.key, threads);
  place_backward(layer);
  project_backward(linear(width.hidden, width.qkv), plan.wide_gradient, a.attention_normed, w.qkv,
                   g.qkv, plan.branch_gradient);
  norm_backward(a.input, w.attention_norm, a.attention_norm, g.attention_norm);
}

void Model::State::backward(std::span<const std::int32_t> ids) {
  std::fill_n(plan.stream_gradient, tokens() * width.hidden, 0.0F);
  norm_backward(plan.output, values.norm, plan.norm, gradients.norm);
  for (std::size_t layer = plan.layers.size(); layer-- > 0;) {
    // The last layer is still as the forward pass left it.
    if (plan.keep == Keep::inputs && layer + 1 < plan.layers.size()) forward_inside(layer, nullptr);
    mlp_gradient(layer);
    attention_gradient(layer);
  }
  if (lora) return;  // the embeddings are frozen
  fresh.settle(gradients.embedding, threads);
  embedding_backward(ids, width.hidden, plan.stream_gradient, gradients.embedding, threads);
  if (family.positions == PositionKind::learned)
    embedding_backward(counted, width.hidden, plan.stream_gradient, gradients.positions, threads);
}

}  // namespace aiops::train
