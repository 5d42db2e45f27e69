// SPDX-License-Identifier: Apache-2.0
#include "train/gguf/names.hpp"

#include <algorithm>
#include <array>

namespace aiops::train {
namespace {

struct Architecture {
  Family family;
  std::string_view name;
};

// The first of an architecture's families is the one it is read as.
constexpr std::array<Architecture, 5> kArchitectures = {{{Family::llama, "llama"},
                                                         {Family::mistral, "llama"},
                                                         {Family::qwen2, "qwen2"},
                                                         {Family::qwen3, "qwen3"},
                                                         {Family::gpt2, "gpt2"}}};

struct Name {
  std::string_view ours, gguf;
};

constexpr std::array<Name, 6> kModelNames = {{{"model.embed_tokens", "token_embd"},
                                              {"model.norm", "output_norm"},
                                              {"lm_head", "output"},
                                              {"transformer.wte", "token_embd"},
                                              {"transformer.wpe", "position_embd"},
                                              {"transformer.ln_f", "output_norm"}}};

constexpr std::array<Name, 17> kLayerNames = {{{"input_layernorm", "attn_norm"},
                                               {"self_attn.q_proj", "attn_q"},
                                               {"self_attn.k_proj", "attn_k"},
                                               {"self_attn.v_proj", "attn_v"},
                                               {"self_attn.o_proj", "attn_output"},
                                               {"self_attn.q_norm", "attn_q_norm"},
                                               {"self_attn.k_norm", "attn_k_norm"},
                                               {"post_attention_layernorm", "ffn_norm"},
                                               {"mlp.gate_proj", "ffn_gate"},
                                               {"mlp.up_proj", "ffn_up"},
                                               {"mlp.down_proj", "ffn_down"},
                                               {"ln_1", "attn_norm"},
                                               {"attn.c_attn", "attn_qkv"},
                                               {"attn.c_proj", "attn_output"},
                                               {"ln_2", "ffn_norm"},
                                               {"mlp.c_fc", "ffn_up"},
                                               {"mlp.c_proj", "ffn_down"}}};

template <std::size_t N>
std::string_view look_up(const std::array<Name, N>& names, std::string_view ours) {
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const Name& one) { return one.ours == ours; });
  return found == names.end() ? std::string_view() : found->gguf;
}

// Calls copy(ours, gguf, width) for every row: where it begins in our order and in GGUF's.
template <typename Copy>
void for_each_row(HeadRows rows, std::size_t elements, const Copy& copy) {
  const std::int64_t width = static_cast<std::int64_t>(elements) / (rows.heads * rows.head_dim);
  const std::int64_t half = rows.head_dim / 2;
  for (std::int64_t first = 0; first < rows.heads * rows.head_dim; first += rows.head_dim)
    for (std::int64_t i = 0; i < rows.head_dim; ++i)
      copy((first + i) * width, (first + i % half * 2 + i / half) * width, width);
}

}  // namespace

std::string_view gguf_architecture(Family family) {
  return std::find_if(kArchitectures.begin(), kArchitectures.end(),
                      [&](const Architecture& one) { return one.family == family; })
      ->name;
}

std::optional<Family> family_of_gguf(std::string_view architecture) {
  const auto found =
      std::find_if(kArchitectures.begin(), kArchitectures.end(),
                   [&](const Architecture& one) { return one.name == architecture; });
  if (found == kArchitectures.end()) return std::nullopt;
  return found->family;
}

std::string gguf_tensor_name(std::string_view parameter) {
  const auto dot = parameter.rfind('.');
  if (dot == std::string_view::npos) return {};
  const std::string kind(parameter.substr(dot));  // ".weight" or ".bias"
  const std::string_view stem = parameter.substr(0, dot);
  if (const auto name = look_up(kModelNames, stem); !name.empty()) return std::string(name) + kind;
  for (const std::string_view layers : {"model.layers.", "transformer.h."}) {
    if (!stem.starts_with(layers)) continue;
    const std::string_view rest = stem.substr(layers.size());
    const auto name =
        look_up(kLayerNames, rest.substr(std::min(rest.find('.'), rest.size() - 1) + 1));
    if (!name.empty())
      return "blk." + std::string(rest.substr(0, rest.find('.'))) + "." + std::string(name) + kind;
  }
  return {};
}

std::int64_t interleaved_heads(const ModelConfig& config, std::string_view parameter) {
  if (gguf_architecture(config.family) != "llama") return 0;
  if (parameter.find(".q_proj.") != std::string_view::npos) return config.num_attention_heads;
  return parameter.find(".k_proj.") != std::string_view::npos ? config.num_key_value_heads : 0;
}

void interleave_heads(HeadRows rows, std::span<const float> values, std::span<float> result) {
  for_each_row(rows, values.size(), [&](std::int64_t ours, std::int64_t gguf, std::int64_t width) {
    std::copy_n(values.data() + ours, width, result.data() + gguf);
  });
}

void separate_heads(HeadRows rows, std::span<const float> values, std::span<float> result) {
  for_each_row(rows, values.size(), [&](std::int64_t ours, std::int64_t gguf, std::int64_t width) {
    std::copy_n(values.data() + gguf, width, result.data() + ours);
  });
}

}  // namespace aiops::train
