// SPDX-License-Identifier: Apache-2.0
#include "train/model_tensors.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

using kernels::Layout;

// The head's logits are made, turned into gradients and used up for this many floats at a time.
constexpr std::int64_t kLogits = 16 << 20;

std::int64_t logit_rows(std::int64_t tokens, std::int64_t vocab) {
  const std::int64_t fitting = std::max<std::int64_t>(64, kLogits / vocab / 64 * 64);
  return std::min(tokens, fitting);
}

LayerActivations lay_out_layer(const ModelConfig& config, const Widths& width, std::int64_t tokens,
                               Layout& layout) {
  LayerActivations a{};
  a.input = layout.take(tokens * width.hidden);
  a.attention_normed = layout.take(tokens * width.hidden);
  a.attention_reciprocal = layout.take(tokens);
  a.qkv = layout.take(tokens * width.qkv);
  a.attention = layout.take(tokens * width.query);
  a.logsumexp = layout.take(tokens * config.num_attention_heads);
  a.middle = layout.take(tokens * width.hidden);
  a.mlp_normed = layout.take(tokens * width.hidden);
  a.mlp_reciprocal = layout.take(tokens);
  a.gate_up = layout.take(tokens * 2 * width.mlp);
  a.gated = layout.take(tokens * width.mlp);
  return a;
}

// Names slices of one layer's matrices.
class Names {
 public:
  Names(std::vector<Parameter>& parameters, std::string prefix)
      : parameters_(parameters), prefix_(std::move(prefix)) {}

  void vector(const char* name, float* value, float* gradient, std::int64_t size) {
    add(name, {size}, value, gradient, size, Parameter::Role::vector);
  }
  void matrix(const char* name, float* value, float* gradient, std::int64_t out, std::int64_t in,
              Parameter::Role role = Parameter::Role::matrix) {
    add(name, {out, in}, value, gradient, out * in, role);
  }

 private:
  void add(const char* name, std::initializer_list<std::int64_t> shape, float* value,
           float* gradient, std::int64_t size, Parameter::Role role) {
    const auto count = static_cast<std::size_t>(size);
    parameters_.push_back({.name = prefix_ + name + ".weight",
                           .shape = {shape.begin(), shape.end()},
                           .value = {value, count},
                           .gradient = {gradient, count},
                           .decay = shape.size() == 2,
                           .role = role});
  }

  std::vector<Parameter>& parameters_;
  std::string prefix_;
};

void name_layer(const Widths& width, const Tensors::Layer& v, const Tensors::Layer& g,
                Names names) {
  const std::int64_t k = width.query * width.hidden;
  const std::int64_t values = k + width.key * width.hidden;
  const std::int64_t up = width.mlp * width.hidden;
  names.vector("input_layernorm", v.attention_norm, g.attention_norm, width.hidden);
  names.matrix("self_attn.q_proj", v.qkv, g.qkv, width.query, width.hidden);
  names.matrix("self_attn.k_proj", v.qkv + k, g.qkv + k, width.key, width.hidden);
  names.matrix("self_attn.v_proj", v.qkv + values, g.qkv + values, width.key, width.hidden);
  names.matrix("self_attn.o_proj", v.attention_out, g.attention_out, width.hidden, width.query);
  names.vector("post_attention_layernorm", v.mlp_norm, g.mlp_norm, width.hidden);
  names.matrix("mlp.gate_proj", v.gate_up, g.gate_up, width.mlp, width.hidden);
  names.matrix("mlp.up_proj", v.gate_up + up, g.gate_up + up, width.mlp, width.hidden);
  names.matrix("mlp.down_proj", v.down, g.down, width.hidden, width.mlp);
}

}  // namespace

Widths::Widths(const ModelConfig& config)
    : hidden(config.hidden_size),
      mlp(config.intermediate_size),
      vocab(config.vocab_size),
      query(config.num_attention_heads * config.head_dim),
      key(config.num_key_value_heads * config.head_dim),
      qkv(query + 2 * key) {}

Tensors lay_out_tensors(const ModelConfig& config, Layout& layout) {
  const Widths width(config);
  Tensors tensors;
  tensors.embedding = layout.take(width.vocab * width.hidden);
  for (std::int64_t i = 0; i < config.num_hidden_layers; ++i) {
    Tensors::Layer layer{};
    layer.attention_norm = layout.take(width.hidden);
    layer.qkv = layout.take(width.qkv * width.hidden);
    layer.attention_out = layout.take(width.hidden * width.query);
    layer.mlp_norm = layout.take(width.hidden);
    layer.gate_up = layout.take(2 * width.mlp * width.hidden);
    layer.down = layout.take(width.hidden * width.mlp);
    tensors.layers.push_back(layer);
  }
  tensors.norm = layout.take(width.hidden);
  tensors.head =
      config.tie_word_embeddings ? tensors.embedding : layout.take(width.vocab * width.hidden);
  return tensors;
}

std::vector<Parameter> name_parameters(const ModelConfig& config, const Tensors& values,
                                       const Tensors& gradients) {
  const Widths width(config);
  std::vector<Parameter> parameters;
  Names model(parameters, "model.");
  model.matrix("embed_tokens", values.embedding, gradients.embedding, width.vocab, width.hidden,
               Parameter::Role::embedding);
  for (std::size_t i = 0; i < values.layers.size(); ++i)
    name_layer(width, values.layers[i], gradients.layers[i],
               Names(parameters, "model.layers." + std::to_string(i) + "."));
  model.vector("norm", values.norm, gradients.norm, width.hidden);
  if (!config.tie_word_embeddings)
    Names(parameters, "")
        .matrix("lm_head", values.head, gradients.head, width.vocab, width.hidden,
                Parameter::Role::head);
  return parameters;
}

void lay_out_plan(const ModelConfig& config, Layout& layout, Plan& plan) {
  const Widths width(config);
  const std::int64_t tokens = plan.rows * plan.length;
  plan.layers.resize(static_cast<std::size_t>(config.num_hidden_layers));
  for (LayerActivations& layer : plan.layers) {
    const bool shares = plan.keep != Keep::all && &layer != &plan.layers.front();
    layer = shares ? plan.layers.front() : lay_out_layer(config, width, tokens, layout);
    if (shares && plan.keep == Keep::inputs) layer.input = layout.take(tokens * width.hidden);
  }
  // Without a backward pass layers hand the stream on in place: a layer's input is dead once its
  // middle exists.
  plan.output =
      plan.keep == Keep::nothing ? plan.layers.front().input : layout.take(tokens * width.hidden);
  plan.normed = layout.take(tokens * width.hidden);
  plan.reciprocal = layout.take(tokens);
  plan.logit_rows = logit_rows(tokens, width.vocab);
  plan.logits = layout.take(plan.logit_rows * width.vocab);
  plan.losses = layout.take(tokens);
  if (plan.keep == Keep::nothing) return;
  plan.stream_gradient = layout.take(tokens * width.hidden);
  plan.branch_gradient = layout.take(tokens * width.hidden);
  plan.wide_gradient = layout.take(tokens * std::max(width.qkv, 2 * width.mlp));
  plan.narrow_gradient = layout.take(tokens * std::max(width.query, width.mlp));
}

}  // namespace aiops::train
