// SPDX-License-Identifier: Apache-2.0
#include "train/config/sections.hpp"
#include "train/model/family.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train::sections {
namespace {

// A base model brings its shape and its tokens.
void read_base(YamlMap& map, TrainConfig& config) {
  config.base = map.text("base").value_or("");
  if (config.base.empty()) refuse(map, "base", "'base' must not be empty");
  take(config.adapter, map.text("adapter"));
  if (map.has("adapter") && config.adapter.empty())
    refuse(map, "adapter", "'adapter' must not be empty");
  for (const std::string& key : map.keys())
    if (key != "base" && key != "adapter")
      refuse(map, key, "'" + key + "' does not go with 'base', which says it");
}

// The nearest multiple of 32 keeps the matrix products' tiles full. Three matrices of 8/3 have as
// many numbers as two of 4.
std::int64_t usual_ffn(const ModelConfig& model) {
  const std::int64_t wide = describe(model.family).mlp == MlpKind::swiglu
                                ? model.hidden_size * 8 / 3
                                : model.hidden_size * 4;
  return std::max<std::int64_t>(32, (wide + 16) / 32 * 32);
}

// Where heads have a size of their own it may be said; without, they share the width out.
void read_heads(YamlMap& map, ModelConfig& model) {
  const FamilyDescription& family = describe(model.family);
  const auto only_some_have = [&](const char* key) {
    if (map.has(key))
      refuse(
          map, key,
          std::string("'") + key + "' does not go with family " + std::string(family.model_type));
  };
  if (family.keys.num_key_value_heads.empty()) only_some_have("kv_heads");
  if (family.keys.head_dim.empty()) only_some_have("head_dim");
  if (family.positions != PositionKind::rotary) only_some_have("rope_theta");
  model.num_attention_heads = map.integer("heads", 1, 1024).value_or(4);
  model.num_key_value_heads = map.integer("kv_heads", 1, 1024).value_or(model.num_attention_heads);
  if (!map.has("head_dim") && model.hidden_size % model.num_attention_heads != 0)
    refuse(map, "heads",
           "'heads' (" + std::to_string(model.num_attention_heads) + ") must divide hidden_size (" +
               std::to_string(model.hidden_size) + ")");
  if (model.num_attention_heads % model.num_key_value_heads != 0)
    refuse(map, "kv_heads", "'kv_heads' must divide heads");
  model.head_dim =
      map.integer("head_dim", 2, 4096).value_or(model.hidden_size / model.num_attention_heads);
  if (family.positions == PositionKind::rotary && model.head_dim % 2 != 0)
    refuse(map, map.has("head_dim") ? "head_dim" : "heads",
           "the size of a head (" + std::to_string(model.head_dim) +
               ") must be even, for the rotary positions");
}

}  // namespace

void read_model(YamlMap map, TrainConfig& config) {
  if (map.has("base")) return read_base(map, config);
  if (map.has("adapter"))
    refuse(map, "adapter", "'adapter' needs a 'base', which it was trained for");
  ModelConfig& model = config.model;
  if (const auto family = map.text("family"))
    model.family = parse_family(*family, map.where("family") + ": 'family'");
  model.hidden_size = map.integer("hidden_size", 2, 1 << 16).value_or(256);
  model.num_hidden_layers = map.integer("layers", 1, 1024).value_or(4);
  read_heads(map, model);
  model.intermediate_size = map.integer("ffn", 1, 1 << 18).value_or(usual_ffn(model));
  model.max_position_embeddings = map.integer("context", 2, 1 << 20).value_or(256);
  model.tie_word_embeddings = map.boolean("tied").value_or(true);
  take(model.rope_theta, map.number("rope_theta", 1, 1e12));
  take(model.norm_eps, map.number("norm_eps", 1e-12, 1));
}

OrderedJson model_json(const TrainConfig& config) {
  if (!config.adapter.empty()) return {{"base", config.base}, {"adapter", config.adapter}};
  if (!config.base.empty()) return {{"base", config.base}};
  const ModelConfig& model = config.model;
  return {{"family", std::string(describe(model.family).model_type)},
          {"hidden_size", model.hidden_size},
          {"layers", model.num_hidden_layers},
          {"heads", model.num_attention_heads},
          {"kv_heads", model.num_key_value_heads},
          {"head_dim", model.head_dim},
          {"ffn", model.intermediate_size},
          {"context", model.max_position_embeddings},
          {"tied", model.tie_word_embeddings},
          {"rope_theta", model.rope_theta},
          {"norm_eps", model.norm_eps}};
}

}  // namespace aiops::train::sections
