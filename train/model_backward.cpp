// SPDX-License-Identifier: Apache-2.0
// The forward pass read backwards. The gradient of the residual stream runs through in one buffer:
// every branch adds its own to it. Parameters' gradients are added to, so that micro-batches sum.
#include "kernels/attention.hpp"
#include "kernels/cross_entropy.hpp"
#include "kernels/embedding.hpp"
#include "kernels/linear.hpp"
#include "kernels/rms_norm.hpp"
#include "kernels/rope.hpp"
#include "kernels/swiglu.hpp"
#include "train/model_state.hpp"

#include <algorithm>

namespace aiops::train {

using namespace kernels;

double Model::State::head_backward(std::span<const std::int32_t> targets, float scale) {
  const auto tokens = static_cast<std::int64_t>(targets.size());
  double sum = 0;
  for (std::int64_t first = 0; first < tokens; first += plan.logit_rows) {
    const std::int64_t rows = std::min(plan.logit_rows, tokens - first);
    const Linear head{rows, width.hidden, width.vocab, options.precision};
    const float* normed = plan.normed + first * width.hidden;
    linear_forward(head, normed, values.head, plan.logits, threads);
    cross_entropy_backward({rows, width.vocab}, plan.logits, targets.data() + first, scale,
                           plan.losses, threads);
    for (std::int64_t i = 0; i < rows; ++i) sum += static_cast<double>(plan.losses[i]);
    linear_backward_input(head, plan.logits, values.head,
                          plan.branch_gradient + first * width.hidden, threads);
    linear_backward_weight(head, plan.logits, normed, gradients.head, threads);
  }
  return sum;
}

void Model::State::mlp_gradient(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  const std::int64_t tokens = plan.rows * plan.length;
  const Linear down = linear(width.mlp, width.hidden);
  const Linear gate_up = linear(width.hidden, 2 * width.mlp);

  linear_backward_input(down, plan.stream_gradient, w.down, plan.narrow_gradient, threads);
  linear_backward_weight(down, plan.stream_gradient, a.gated, g.down, threads);
  swiglu_backward({tokens, width.mlp}, a.gate_up, plan.narrow_gradient, plan.wide_gradient,
                  threads);
  linear_backward_input(gate_up, plan.wide_gradient, w.gate_up, plan.branch_gradient, threads);
  linear_backward_weight(gate_up, plan.wide_gradient, a.mlp_normed, g.gate_up, threads);
  rms_norm_backward({tokens, width.hidden, static_cast<float>(config.norm_eps)}, a.middle,
                    w.mlp_norm, a.mlp_reciprocal, plan.branch_gradient, plan.stream_gradient,
                    g.mlp_norm, threads);
}

void Model::State::attention_gradient(std::size_t layer) {
  const Tensors::Layer& w = values.layers[layer];
  const Tensors::Layer& g = gradients.layers[layer];
  const LayerActivations& a = plan.layers[layer];
  const std::int64_t tokens = plan.rows * plan.length;
  const Linear out = linear(width.query, width.hidden);
  const Linear qkv = linear(width.hidden, width.qkv);

  linear_backward_input(out, plan.stream_gradient, w.attention_out, plan.narrow_gradient, threads);
  linear_backward_weight(out, plan.stream_gradient, a.attention, g.attention_out, threads);
  float* q_gradient = plan.wide_gradient;
  float* k_gradient = q_gradient + width.query;
  attention_backward(attention(0),
                     {.q = a.qkv,
                      .k = a.qkv + width.query,
                      .v = a.qkv + width.query + width.key,
                      .out = a.attention,
                      .logsumexp = a.logsumexp,
                      .out_gradient = plan.narrow_gradient},
                     q_gradient, k_gradient, k_gradient + width.key, threads);
  rope_backward(rope(0), cosine, sine, plan.wide_gradient, threads);
  linear_backward_input(qkv, plan.wide_gradient, w.qkv, plan.branch_gradient, threads);
  linear_backward_weight(qkv, plan.wide_gradient, a.attention_normed, g.qkv, threads);
  rms_norm_backward({tokens, width.hidden, static_cast<float>(config.norm_eps)}, a.input,
                    w.attention_norm, a.attention_reciprocal, plan.branch_gradient,
                    plan.stream_gradient, g.attention_norm, threads);
}

void Model::State::backward(std::span<const std::int32_t> tokens) {
  const auto count = static_cast<std::int64_t>(tokens.size());
  std::fill_n(plan.stream_gradient, count * width.hidden, 0.0F);
  rms_norm_backward({count, width.hidden, static_cast<float>(config.norm_eps)}, plan.output,
                    values.norm, plan.reciprocal, plan.branch_gradient, plan.stream_gradient,
                    gradients.norm, threads);
  for (std::size_t layer = plan.layers.size(); layer-- > 0;) {
    // The last layer is still as the forward pass left it.
    if (plan.keep == Keep::inputs && layer + 1 < plan.layers.size()) forward_inside(layer, nullptr);
    mlp_gradient(layer);
    attention_gradient(layer);
  }
  embedding_backward(tokens, width.hidden, plan.stream_gradient, gradients.embedding, threads);
}

}  // namespace aiops::train
