// SPDX-License-Identifier: Apache-2.0
#include "train/config_sections.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train::sections {
namespace {

// A base model brings its shape and its tokens.
void read_base(YamlMap& map, TrainConfig& config) {
  config.base = map.text("base").value_or("");
  if (config.base.empty()) refuse(map, "base", "'base' must not be empty");
  for (const std::string& key : map.keys())
    if (key != "base") refuse(map, key, "'" + key + "' does not go with 'base', which says it");
}

}  // namespace

void read_model(YamlMap map, TrainConfig& config) {
  if (map.has("base")) return read_base(map, config);
  ModelConfig& model = config.model;
  model.hidden_size = map.integer("hidden_size", 2, 1 << 16).value_or(256);
  model.num_hidden_layers = map.integer("layers", 1, 1024).value_or(4);
  model.num_attention_heads = map.integer("heads", 1, 1024).value_or(4);
  model.num_key_value_heads = map.integer("kv_heads", 1, 1024).value_or(model.num_attention_heads);
  // The nearest multiple of 32 keeps the matrix products' tiles full.
  const std::int64_t ffn = std::max<std::int64_t>(32, (model.hidden_size * 8 / 3 + 16) / 32 * 32);
  model.intermediate_size = map.integer("ffn", 1, 1 << 18).value_or(ffn);
  model.max_position_embeddings = map.integer("context", 2, 1 << 20).value_or(256);
  model.tie_word_embeddings = map.boolean("tied").value_or(true);
  if (model.hidden_size % model.num_attention_heads != 0)
    refuse(map, "heads",
           "'heads' (" + std::to_string(model.num_attention_heads) + ") must divide hidden_size (" +
               std::to_string(model.hidden_size) + ")");
  if (model.num_attention_heads % model.num_key_value_heads != 0)
    refuse(map, "kv_heads", "'kv_heads' must divide heads");
  model.head_dim = model.hidden_size / model.num_attention_heads;
  if (model.head_dim % 2 != 0)
    refuse(map, "heads", "hidden_size / heads must be even, for the rotary positions");
}

OrderedJson model_json(const TrainConfig& config) {
  if (!config.base.empty()) return {{"base", config.base}};
  const ModelConfig& model = config.model;
  return {{"hidden_size", model.hidden_size},   {"layers", model.num_hidden_layers},
          {"heads", model.num_attention_heads}, {"kv_heads", model.num_key_value_heads},
          {"ffn", model.intermediate_size},     {"context", model.max_position_embeddings},
          {"tied", model.tie_word_embeddings}};
}

}  // namespace aiops::train::sections
