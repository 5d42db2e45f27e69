// SPDX-License-Identifier: Apache-2.0
#include "train/model/family.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace aiops::train {
namespace {

using L = Tensors::Layer;
using enum Extent;
using Rule = BiasRule;

// Attention and mlp of Llama, with the bias that q, k and v have and that o has.
template <Rule kQkv, Rule kOut, Rule kMlp>
constexpr std::array<LayerTensor, 9> kLlamaLayer = {{
    {&L::attention_norm, "input_layernorm", hidden, one},
    {&L::qkv, "self_attn.q_proj", query, hidden, kQkv},
    {&L::qkv, "self_attn.k_proj", key, hidden, kQkv},
    {&L::qkv, "self_attn.v_proj", key, hidden, kQkv},
    {&L::attention_out, "self_attn.o_proj", hidden, query, kOut},
    {&L::mlp_norm, "post_attention_layernorm", hidden, one},
    {&L::up, "mlp.gate_proj", mlp, hidden, kMlp},
    {&L::up, "mlp.up_proj", mlp, hidden, kMlp},
    {&L::down, "mlp.down_proj", hidden, mlp, kMlp},
}};

constexpr auto kLlama = kLlamaLayer<Rule::attention_bias, Rule::attention_bias, Rule::mlp_bias>;
constexpr auto kMistral = kLlamaLayer<Rule::never, Rule::never, Rule::never>;
constexpr auto kQwen2 = kLlamaLayer<Rule::always, Rule::never, Rule::never>;

constexpr std::array<LayerTensor, 11> kQwen3 = {{
    {&L::attention_norm, "input_layernorm", hidden, one},
    {&L::qkv, "self_attn.q_proj", query, hidden, Rule::attention_bias},
    {&L::qkv, "self_attn.k_proj", key, hidden, Rule::attention_bias},
    {&L::qkv, "self_attn.v_proj", key, hidden, Rule::attention_bias},
    {&L::query_norm, "self_attn.q_norm", head, one},
    {&L::key_norm, "self_attn.k_norm", head, one},
    {&L::attention_out, "self_attn.o_proj", hidden, query, Rule::attention_bias},
    {&L::mlp_norm, "post_attention_layernorm", hidden, one},
    {&L::up, "mlp.gate_proj", mlp, hidden},
    {&L::up, "mlp.up_proj", mlp, hidden},
    {&L::down, "mlp.down_proj", hidden, mlp},
}};

constexpr std::array<LayerTensor, 6> kGpt2 = {{
    {&L::attention_norm, "ln_1", hidden, one, Rule::always},
    {&L::qkv, "attn.c_attn", qkv, hidden, Rule::always},
    {&L::attention_out, "attn.c_proj", hidden, query, Rule::always},
    {&L::mlp_norm, "ln_2", hidden, one, Rule::always},
    {&L::up, "mlp.c_fc", mlp, hidden, Rule::always},
    {&L::down, "mlp.c_proj", hidden, mlp, Rule::always},
}};

constexpr ConfigNames kLlamaKeys = {.hidden_size = "hidden_size",
                                    .intermediate_size = "intermediate_size",
                                    .num_hidden_layers = "num_hidden_layers",
                                    .num_attention_heads = "num_attention_heads",
                                    .num_key_value_heads = "num_key_value_heads",
                                    .head_dim = "head_dim",
                                    .max_position_embeddings = "max_position_embeddings",
                                    .norm_eps = "rms_norm_eps",
                                    .activation = "hidden_act"};

constexpr ConfigNames kGpt2Keys = {.hidden_size = "n_embd",
                                   .intermediate_size = "n_inner",
                                   .num_hidden_layers = "n_layer",
                                   .num_attention_heads = "n_head",
                                   .num_key_value_heads = "",
                                   .head_dim = "",
                                   .max_position_embeddings = "n_positions",
                                   .norm_eps = "layer_norm_epsilon",
                                   .activation = "activation_function"};

constexpr FamilyDescription like_llama(Family family, std::string_view model_type,
                                       std::string_view architecture, std::string_view classifier,
                                       std::span<const LayerTensor> tensors,
                                       std::int64_t usual_head_dim = 0) {
  return {.family = family,
          .model_type = model_type,
          .architecture = architecture,
          .classifier = classifier,
          .norm = NormKind::rms,
          .positions = PositionKind::rotary,
          .mlp = MlpKind::swiglu,
          .order = MatrixOrder::out_in,
          .prefix = "model.",
          .embedding = "embed_tokens",
          .position_embedding = "",
          .layers = "layers.",
          .norm_name = "norm",
          .tensors = tensors,
          .keys = kLlamaKeys,
          .activation = "silu",
          .tied = false,
          .usual_eps = 1e-6,
          .usual_head_dim = usual_head_dim,
          .scaled_matrix = ""};
}

// In the order of the enumeration.
constexpr std::array<FamilyDescription, 5> kFamilies = {{
    like_llama(Family::llama, "llama", "LlamaForCausalLM", "LlamaForSequenceClassification",
               kLlama),
    like_llama(Family::mistral, "mistral", "MistralForCausalLM", "MistralForSequenceClassification",
               kMistral),
    like_llama(Family::qwen2, "qwen2", "Qwen2ForCausalLM", "Qwen2ForSequenceClassification",
               kQwen2),
    like_llama(Family::qwen3, "qwen3", "Qwen3ForCausalLM", "Qwen3ForSequenceClassification", kQwen3,
               128),
    {.family = Family::gpt2,
     .model_type = "gpt2",
     .architecture = "GPT2LMHeadModel",
     .classifier = "GPT2ForSequenceClassification",
     .norm = NormKind::layer,
     .positions = PositionKind::learned,
     .mlp = MlpKind::gelu,
     .order = MatrixOrder::in_out,
     .prefix = "transformer.",
     .embedding = "wte",
     .position_embedding = "wpe",
     .layers = "h.",
     .norm_name = "ln_f",
     .tensors = kGpt2,
     .keys = kGpt2Keys,
     .activation = "gelu_new",
     .tied = true,
     .usual_eps = 1e-5,
     .usual_head_dim = 0,
     .scaled_matrix = "c_proj.weight"},
}};

}  // namespace

const FamilyDescription& describe(Family family) {
  return kFamilies[static_cast<std::size_t>(family)];
}

std::string_view architecture_of(const FamilyDescription& family, HeadKind head) {
  return head == HeadKind::language ? family.architecture : family.classifier;
}

std::span<const FamilyDescription> families() { return kFamilies; }

Family parse_family(std::string_view model_type, std::string_view what) {
  const auto found = std::ranges::find(kFamilies, model_type, &FamilyDescription::model_type);
  if (found != kFamilies.end()) return found->family;
  std::string known;
  for (const FamilyDescription& one : kFamilies)
    known += (known.empty() ? "" : ", ") + std::string(one.model_type);
  throw Error(ExitCode::usage, std::string(what) + " is '" + std::string(model_type) +
                                   "', only these are supported: " + known);
}

bool has_bias(const ModelConfig& config, BiasRule rule) {
  switch (rule) {
    case BiasRule::never:
      return false;
    case BiasRule::always:
      return true;
    case BiasRule::attention_bias:
      return config.attention_bias;
    case BiasRule::mlp_bias:
      return config.mlp_bias;
  }
  return false;
}

std::int64_t size_of(const Widths& width, Extent extent) {
  switch (extent) {
    case Extent::one:
      return 1;
    case Extent::hidden:
      return width.hidden;
    case Extent::query:
      return width.query;
    case Extent::key:
      return width.key;
    case Extent::qkv:
      return width.qkv;
    case Extent::mlp:
      return width.mlp;
    case Extent::head:
      return width.head;
  }
  return 0;
}

TensorSizes sizes_of(const Widths& width, const LayerTensor& tensor) {
  return {size_of(width, tensor.rows), size_of(width, tensor.columns)};
}

}  // namespace aiops::train
