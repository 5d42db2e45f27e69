// SPDX-License-Identifier: Apache-2.0
#include "train/model/tensors.hpp"

#include "train/model/family.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

using kernels::Layout;
using Role = Parameter::Role;

bool is_learned(const FamilyDescription& family) {
  return family.positions == PositionKind::learned;
}

// Places of several tensors are laid out by their first, which has room for all.
void lay_out_layer(const ModelConfig& config, Layout& layout, Tensors::Layer& layer) {
  const Widths width(config);
  const auto tensors = describe(config.family).tensors;
  for (auto tensor = tensors.begin(); tensor != tensors.end();) {
    const auto place = tensor->place;
    std::int64_t weight = 0;
    std::int64_t bias = 0;
    for (; tensor != tensors.end() && tensor->place == place; ++tensor) {
      weight += sizes_of(width, *tensor).weight();
      if (has_bias(config, tensor->bias)) bias += sizes_of(width, *tensor).rows;
    }
    (layer.*place).weight = layout.take(weight);
    if (bias > 0) (layer.*place).bias = layout.take(bias);
  }
}

// Names tensors one after the other.
class Names {
 public:
  Names(const ModelConfig& config, std::vector<Parameter>& parameters)
      : config_(config), width_(config), parameters_(parameters) {}

  void vector(const std::string& name, float* value, float* gradient, std::int64_t size) {
    add(name, {size}, value, gradient, Role::vector, FileOrder::same);
  }
  void matrix(const std::string& name, float* value, float* gradient, std::int64_t rows,
              std::int64_t columns, Role role, FileOrder order = FileOrder::same) {
    add(name, {rows, columns}, value, gradient, role, order);
  }

  // The tensors of a layer; those of one place lie one behind the other.
  void layer(const std::string& prefix, Tensors::Layer value, Tensors::Layer gradient) {
    const FamilyDescription& family = describe(config_.family);
    const auto order =
        family.order == MatrixOrder::in_out ? FileOrder::transposed : FileOrder::same;
    for (const LayerTensor& tensor : family.tensors) {
      const auto [rows, columns] = sizes_of(width_, tensor);
      const std::string name = prefix + std::string(tensor.name);
      Affine& values = value.*tensor.place;
      Affine& gradients = gradient.*tensor.place;
      if (tensor.columns == Extent::one)
        vector(name + ".weight", values.weight, gradients.weight, rows);
      else
        matrix(name + ".weight", values.weight, gradients.weight, rows, columns, Role::matrix,
               order);
      step_over(values.weight, rows * columns);
      step_over(gradients.weight, rows * columns);
      if (!has_bias(config_, tensor.bias)) continue;
      vector(name + ".bias", values.bias, gradients.bias, rows);
      step_over(values.bias, rows);
      step_over(gradients.bias, rows);
    }
  }

 private:
  // A tensor that is not trained has no gradient.
  static void step_over(float*& place, std::int64_t size) {
    if (place != nullptr) place += size;
  }

  void add(const std::string& name, std::initializer_list<std::int64_t> shape, float* value,
           float* gradient, Role role, FileOrder order) {
    std::size_t size = 1;
    for (const std::int64_t extent : shape) size *= static_cast<std::size_t>(extent);
    parameters_.push_back({.name = name,
                           .shape = {shape.begin(), shape.end()},
                           .value = {value, size},
                           .gradient = {gradient, size},
                           .decay = shape.size() == 2,
                           .role = role,
                           .order = order});
  }

  const ModelConfig& config_;
  Widths width_;
  std::vector<Parameter>& parameters_;
};

// The head's logits are made, turned into gradients and used up for this many floats at a time.
constexpr std::int64_t kLogits = 18 << 20;

// Each stretch of rows reads the head's matrix once more, so there are as few as fit, all alike.
std::int64_t logit_rows(std::int64_t tokens, std::int64_t outputs) {
  const std::int64_t fitting = std::max<std::int64_t>(64, kLogits / outputs);
  const std::int64_t stretches = (tokens + fitting - 1) / fitting;
  return (tokens + stretches - 1) / stretches;
}

// Activations, of the plan's type.
class ActivationLayout {
 public:
  ActivationLayout(Layout& layout, const Plan& plan)
      : layout_(layout), bytes_each_(plan.bytes_each), tokens_(plan.rows * plan.length) {}

  Elements rows(std::int64_t width) { return take(tokens_ * width); }
  float* numbers(std::int64_t for_each) { return layout_.take(tokens_ * for_each); }  // fp32
  Elements take(std::int64_t count) {
    constexpr std::int64_t kFloat = sizeof(float);
    return {layout_.take((count * bytes_each_ + kFloat - 1) / kFloat), bytes_each_};
  }

 private:
  Layout& layout_;
  std::int64_t bytes_each_, tokens_;
};

NormTape lay_out_norm(const FamilyDescription& family, ActivationLayout& layout) {
  NormTape tape;
  tape.reciprocal = layout.numbers(1);
  if (family.norm == NormKind::layer) tape.mean = layout.numbers(1);
  return tape;
}

bool has_head_norm(const FamilyDescription& family) {
  return std::ranges::find(family.tensors, &Tensors::Layer::query_norm, &LayerTensor::place) !=
         family.tensors.end();
}

LayerActivations lay_out_activations(const ModelConfig& config, const Widths& width,
                                     ActivationLayout& layout) {
  const FamilyDescription& family = describe(config.family);
  LayerActivations a;
  a.input = layout.rows(width.hidden);
  a.attention_normed = layout.rows(width.hidden);
  a.attention_norm = lay_out_norm(family, layout);
  a.qkv = layout.rows(width.qkv);
  if (has_head_norm(family)) {
    a.queries = layout.rows(width.query);
    a.query_reciprocal = layout.numbers(config.num_attention_heads);
    a.keys = layout.rows(width.key);
    a.key_reciprocal = layout.numbers(config.num_key_value_heads);
  }
  a.attention = layout.rows(width.query);
  a.logsumexp = layout.numbers(config.num_attention_heads);
  a.middle = layout.rows(width.hidden);
  a.mlp_normed = layout.rows(width.hidden);
  a.mlp_norm = lay_out_norm(family, layout);
  a.up = layout.rows(width.up);
  a.activated = layout.rows(width.mlp);
  return a;
}

}  // namespace

Widths::Widths(const ModelConfig& config)
    : hidden(config.hidden_size),
      mlp(config.intermediate_size),
      vocab(config.vocab_size),
      head(config.head_dim),
      outputs(config.outputs()),
      query(config.num_attention_heads * config.head_dim),
      key(config.num_key_value_heads * config.head_dim),
      qkv(query + 2 * key),
      up(describe(config.family).mlp == MlpKind::swiglu ? 2 * mlp : mlp) {}

Tensors lay_out_tensors(const ModelConfig& config, Layout& layout) {
  const Widths width(config);
  const FamilyDescription& family = describe(config.family);
  Tensors tensors;
  tensors.embedding = layout.take(width.vocab * width.hidden);
  if (is_learned(family))
    tensors.positions = layout.take(config.max_position_embeddings * width.hidden);
  tensors.layers.resize(static_cast<std::size_t>(config.num_hidden_layers));
  for (Tensors::Layer& layer : tensors.layers) lay_out_layer(config, layout, layer);
  tensors.norm.weight = layout.take(width.hidden);
  if (family.norm == NormKind::layer) tensors.norm.bias = layout.take(width.hidden);
  tensors.head = config.ties_head() ? tensors.embedding : layout.take(width.outputs * width.hidden);
  return tensors;
}

std::string_view head_name(const ModelConfig& config) {
  return config.head.is_language() ? "lm_head.weight" : "score.weight";
}

std::vector<Parameter> name_parameters(const ModelConfig& config, const Tensors& values,
                                       const Tensors& gradients) {
  const Widths width(config);
  const FamilyDescription& family = describe(config.family);
  const auto named = [&](std::string_view name) {
    return std::string(family.prefix) + std::string(name);
  };
  std::vector<Parameter> parameters;
  Names names(config, parameters);
  names.matrix(named(family.embedding) + ".weight", values.embedding, gradients.embedding,
               width.vocab, width.hidden, Role::embedding);
  if (is_learned(family))
    names.matrix(named(family.position_embedding) + ".weight", values.positions,
                 gradients.positions, config.max_position_embeddings, width.hidden,
                 Role::embedding);
  for (std::size_t i = 0; i < values.layers.size(); ++i)
    names.layer(named(family.layers) + std::to_string(i) + ".", values.layers[i],
                gradients.layers[i]);
  names.vector(named(family.norm_name) + ".weight", values.norm.weight, gradients.norm.weight,
               width.hidden);
  if (family.norm == NormKind::layer)
    names.vector(named(family.norm_name) + ".bias", values.norm.bias, gradients.norm.bias,
                 width.hidden);
  if (!config.ties_head())
    names.matrix(std::string(head_name(config)), values.head, gradients.head, width.outputs,
                 width.hidden, Role::head);
  return parameters;
}

void lay_out_plan(const ModelConfig& config, Layout& layout, Plan& plan) {
  const Widths width(config);
  ActivationLayout of_tokens(layout, plan);
  plan.layers.resize(static_cast<std::size_t>(config.num_hidden_layers));
  for (LayerActivations& layer : plan.layers) {
    const bool shares = plan.keep != Keep::all && &layer != &plan.layers.front();
    layer = shares ? plan.layers.front() : lay_out_activations(config, width, of_tokens);
    if (shares && plan.keep == Keep::inputs) layer.input = of_tokens.rows(width.hidden);
  }
  // Without a backward pass layers hand the stream on in place: a layer's input is dead once its
  // middle exists.
  plan.output =
      plan.keep == Keep::nothing ? plan.layers.front().input : of_tokens.rows(width.hidden);
  plan.normed = of_tokens.rows(width.hidden);
  plan.norm = lay_out_norm(describe(config.family), of_tokens);
  plan.logit_rows = logit_rows(plan.rows * plan.length, width.outputs);
  plan.logits = of_tokens.take(plan.logit_rows * width.outputs);
  plan.losses = of_tokens.numbers(1);
  if (plan.keep == Keep::nothing) return;
  plan.stream_gradient = of_tokens.rows(width.hidden);
  plan.branch_gradient = of_tokens.rows(width.hidden);
  plan.wide_gradient = of_tokens.rows(std::max(width.qkv, width.up));
  plan.narrow_gradient = of_tokens.rows(std::max(width.query, width.mlp));
}

}  // namespace aiops::train
