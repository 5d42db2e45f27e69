// SPDX-License-Identifier: Apache-2.0
// config.json as transformers writes it. Version 4 says rope_theta, rope_scaling and torch_dtype
// where version 5 says rope_parameters and dtype: both are read, both are written. Rates of dropout
// are passed over: there is none here, neither when generating nor when training.
#include "train/config/reader.hpp"
#include "train/model/family.hpp"

#include <algorithm>
#include <initializer_list>

namespace aiops::train {
namespace {

// Of YaRN's settings only the usual ones are honoured.
void refuse_other_yarn(const ConfigReader& reader) {
  reader.insist("beta_fast", 32);
  reader.insist("beta_slow", 1);
  reader.insist("truncate", true);
  for (const char* key : {"attention_factor", "mscale", "mscale_all_dim"})
    if (reader.find(key) != nullptr)
      reader.refuse("'" + std::string(key) + "' is not supported: only YaRN's usual one is");
}

// original: how long the texts were that the model learnt first, where the scaling does not say.
RopeScaling read_scaling(const ConfigReader& reader, std::int64_t original) {
  const Json* type = reader.find("rope_type");
  if (type == nullptr) type = reader.find("type");  // the older name
  if (type == nullptr || *type == "default") return {};
  RopeScaling scaling;
  scaling.factor = reader.number("factor", 1);
  if (*type == "linear") {
    scaling.kind = RopeScaling::Kind::linear;
  } else if (*type == "llama3" || *type == "yarn") {
    scaling.kind = *type == "yarn" ? RopeScaling::Kind::yarn : RopeScaling::Kind::llama3;
    if (*type == "yarn") refuse_other_yarn(reader);
    scaling.low_freq_factor = reader.number("low_freq_factor", scaling.low_freq_factor);
    scaling.high_freq_factor = reader.number("high_freq_factor", scaling.high_freq_factor);
    scaling.original_max_position_embeddings =
        reader.integer("original_max_position_embeddings", original);
  } else {
    reader.refuse("'rope_type' is " + to_text(*type) +
                  ", only \"default\", \"linear\", \"llama3\" and \"yarn\" are supported");
  }
  return scaling;
}

void read_rope(const ConfigReader& reader, std::string_view what, ModelConfig& config) {
  reader.insist("partial_rotary_factor", 1.0);
  reader.insist("rope_interleaved", false);
  config.rope_theta = reader.number("rope_theta", config.rope_theta);
  const std::int64_t original =
      reader.integer("original_max_position_embeddings", config.max_position_embeddings);
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const Json* member = reader.find(key);
    if (member == nullptr) continue;
    const ConfigReader inner(*member, std::string(what) + ", " + key);
    inner.insist("partial_rotary_factor", 1.0);
    config.rope_theta = inner.number("rope_theta", config.rope_theta);
    config.rope_scaling = read_scaling(inner, original);
  }
}

// A language model, unless the name of a classifier's architecture says otherwise.
ModelHead read_head(const ConfigReader& reader, const FamilyDescription& family) {
  const Json* architectures = reader.find("architectures");
  if (architectures == nullptr || *architectures == Json::array({std::string(family.architecture)}))
    return {};
  if (*architectures == Json::array({std::string(family.classifier)}))
    return read_classifier_head(reader);
  reader.refuse("'architectures' is " + to_text(*architectures) + ", only " +
                std::string(family.architecture) + " and " + std::string(family.classifier) +
                " are supported");
}

// Whether layers attend to a window. Qwen's are those from max_window_layers on, once it is
// switched on.
bool slides(const ConfigReader& reader, const ModelConfig& config) {
  if (config.family == Family::mistral) return true;
  return reader.boolean("use_sliding_window", false) &&
         reader.integer("max_window_layers", 28) < config.num_hidden_layers;
}

// What transformers takes for one that is not stated; null says that there is none.
std::int64_t window_of(const ConfigReader& reader, const ModelConfig& config) {
  constexpr std::int64_t kUsual = 4096;
  return reader.integer("sliding_window",
                        reader.has("sliding_window") ? config.max_position_embeddings : kUsual);
}

// A window that no text leaves is none.
void refuse_windows(const ConfigReader& reader, const ModelConfig& config) {
  if (const Json* types = reader.find("layer_types"); types != nullptr)
    for (const Json& type : *types)
      if (type != "full_attention")
        reader.refuse("'layer_types' has " + to_text(type) +
                      ", only \"full_attention\" is supported");
  const std::int64_t window = window_of(reader, config);
  if (slides(reader, config) && window < config.max_position_embeddings)
    reader.refuse("'sliding_window' is " + std::to_string(window) +
                  ", below max_position_embeddings: only attention to all is supported");
}

void refuse_other_attention(const ConfigReader& reader) {
  reader.insist("scale_attn_weights", true);
  for (const char* key :
       {"scale_attn_by_inverse_layer_idx", "reorder_and_upcast_attn", "add_cross_attention"})
    reader.insist(key, false);
}

const FamilyDescription& read_family(const ConfigReader& reader) {
  const Json* type = reader.find("model_type");
  if (type == nullptr) reader.refuse("has no 'model_type'");
  const FamilyDescription* family = nullptr;
  try {
    family = &describe(parse_family(type->is_string() ? type->get<std::string>() : to_text(*type),
                                    "'model_type'"));
  } catch (const Error& error) {
    reader.refuse(error.message);
  }
  if (reader.find("quantization_config") != nullptr)
    reader.refuse("'quantization_config' is not supported");
  return *family;
}

void read_shape(const ConfigReader& reader, const FamilyDescription& family, ModelConfig& config) {
  const ConfigNames& keys = family.keys;
  config.vocab_size = reader.integer("vocab_size");
  config.hidden_size = reader.integer(keys.hidden_size);
  // GPT-2's may be null, which means four times the width; one too large is refused by check().
  constexpr std::int64_t kTooLarge = std::int64_t{1} << 40;
  config.intermediate_size =
      family.positions == PositionKind::learned
          ? reader.integer(keys.intermediate_size,
                           4 * std::clamp(config.hidden_size, -kTooLarge, kTooLarge))
          : reader.integer(keys.intermediate_size);
  config.num_hidden_layers = reader.integer(keys.num_hidden_layers);
  config.num_attention_heads = reader.integer(keys.num_attention_heads);
  if (config.num_attention_heads < 1)
    reader.refuse("'" + std::string(keys.num_attention_heads) + "' must be positive");
  config.num_key_value_heads = reader.integer(keys.num_key_value_heads, config.num_attention_heads);
  config.head_dim = reader.integer(
      keys.head_dim, family.usual_head_dim > 0 ? family.usual_head_dim
                                               : config.hidden_size / config.num_attention_heads);
  config.max_position_embeddings = reader.integer(
      keys.max_position_embeddings, family.positions == PositionKind::learned ? 1024 : 2048);
  config.norm_eps = reader.number(keys.norm_eps, family.usual_eps);
}

void read_tokens(const ConfigReader& reader, ModelConfig& config) {
  if (const auto begin = reader.tokens("bos_token_id"); !begin.empty())
    config.bos_token_id = begin.front();
  if (const auto ends = reader.tokens("eos_token_id"); !ends.empty()) {
    config.eos_token_id = ends.front();
    config.other_eos_token_ids.assign(ends.begin() + 1, ends.end());
  }
  if (const auto pad = reader.tokens("pad_token_id"); !pad.empty())
    config.pad_token_id = pad.front();
}

// One token id, or a list when there are several.
OrderedJson token_json(std::int64_t token, const std::vector<std::int64_t>& others = {}) {
  if (token < 0) return nullptr;
  if (others.empty()) return token;
  auto list = OrderedJson::array({token});
  for (const std::int64_t other : others) list.push_back(other);
  return list;
}

OrderedJson scaling_json(const RopeScaling& scaling) {
  if (scaling.kind == RopeScaling::Kind::none) return {{"rope_type", "default"}};
  if (scaling.kind == RopeScaling::Kind::linear)
    return {{"rope_type", "linear"}, {"factor", scaling.factor}};
  if (scaling.kind == RopeScaling::Kind::yarn)
    return {{"rope_type", "yarn"},
            {"factor", scaling.factor},
            {"original_max_position_embeddings", scaling.original_max_position_embeddings}};
  return {{"rope_type", "llama3"},
          {"factor", scaling.factor},
          {"low_freq_factor", scaling.low_freq_factor},
          {"high_freq_factor", scaling.high_freq_factor},
          {"original_max_position_embeddings", scaling.original_max_position_embeddings}};
}

void write_rope(const ModelConfig& config, OrderedJson& json) {
  OrderedJson parameters = scaling_json(config.rope_scaling);
  json["rope_theta"] = config.rope_theta;
  if (config.rope_scaling.kind != RopeScaling::Kind::none) json["rope_scaling"] = parameters;
  parameters["rope_theta"] = config.rope_theta;
  json["rope_parameters"] = parameters;
}

// What only some families have.
void write_particulars(const ModelConfig& config, OrderedJson& json) {
  switch (config.family) {
    case Family::llama:
      json["attention_bias"] = config.attention_bias;
      json["mlp_bias"] = config.mlp_bias;
      break;
    case Family::mistral:
      json["sliding_window"] = nullptr;
      break;
    case Family::qwen3:
      json["attention_bias"] = config.attention_bias;
      [[fallthrough]];
    case Family::qwen2:
      json["use_sliding_window"] = false;
      json["sliding_window"] = nullptr;
      json["max_window_layers"] = config.num_hidden_layers;
      break;
    case Family::gpt2:  // its defaults are 0.1
      for (const char* key : {"resid_pdrop", "embd_pdrop", "attn_pdrop"}) json[key] = 0.0;
      return;
  }
  json["attention_dropout"] = 0.0;
}

void write_labels(const ModelConfig& config, OrderedJson& json) {
  auto by_id = OrderedJson::object();
  auto ids = OrderedJson::object();
  for (const std::string& label : config.head.labels) {
    const std::size_t id = by_id.size();
    by_id[std::to_string(id)] = label;
    ids[label] = id;
  }
  const bool is_regression = config.head.kind == HeadKind::regression;
  json["num_labels"] = config.head.labels.size();
  json["id2label"] = std::move(by_id);
  json["label2id"] = std::move(ids);
  json["problem_type"] = is_regression ? "regression" : "single_label_classification";
  json["pad_token_id"] = token_json(config.pad_token_id);
}

void set_unless_empty(OrderedJson& json, std::string_view key, OrderedJson value) {
  if (!key.empty()) json[std::string(key)] = std::move(value);
}

}  // namespace

ModelConfig ModelConfig::from_json(const Json& json, std::string_view what) {
  const ConfigReader reader(json, what);
  const FamilyDescription& description = read_family(reader);
  ModelConfig config;
  config.family = description.family;
  config.head = read_head(reader, description);
  read_shape(reader, description, config);
  const bool known = description.mlp == MlpKind::gelu &&
                     reader.text(description.keys.activation) == "gelu_pytorch_tanh";
  if (!known)  // another name of the same function
    reader.insist(description.keys.activation, std::string(description.activation));
  config.attention_bias = reader.boolean("attention_bias", false);
  config.mlp_bias = reader.boolean("mlp_bias", false);
  if (description.positions == PositionKind::rotary) {
    read_rope(reader, what, config);
    refuse_windows(reader, config);
  } else {
    refuse_other_attention(reader);
  }
  config.initializer_range = reader.number("initializer_range", 0.02);
  config.tie_word_embeddings = reader.boolean("tie_word_embeddings", description.tied);
  read_tokens(reader, config);
  try {
    config.check();
  } catch (const Error& error) {
    reader.refuse(error.message);
  }
  return config;
}

OrderedJson ModelConfig::to_json() const {
  const FamilyDescription& description = describe(family);
  const ConfigNames& keys = description.keys;
  OrderedJson json{{"architectures", {std::string(architecture_of(description, head.kind))}},
                   {"model_type", std::string(description.model_type)},
                   {"vocab_size", vocab_size}};
  set_unless_empty(json, keys.hidden_size, hidden_size);
  set_unless_empty(json, keys.intermediate_size, intermediate_size);
  set_unless_empty(json, keys.num_hidden_layers, num_hidden_layers);
  set_unless_empty(json, keys.num_attention_heads, num_attention_heads);
  set_unless_empty(json, keys.num_key_value_heads, num_key_value_heads);
  set_unless_empty(json, keys.head_dim, head_dim);
  set_unless_empty(json, keys.activation, std::string(description.activation));
  set_unless_empty(json, keys.max_position_embeddings, max_position_embeddings);
  set_unless_empty(json, keys.norm_eps, norm_eps);
  if (description.positions == PositionKind::rotary) write_rope(*this, json);
  write_particulars(*this, json);
  json["initializer_range"] = initializer_range;
  json["tie_word_embeddings"] = tie_word_embeddings;
  json["bos_token_id"] = token_json(bos_token_id);
  json["eos_token_id"] = token_json(eos_token_id, other_eos_token_ids);
  if (!head.is_language()) write_labels(*this, json);
  for (const char* key : {"torch_dtype", "dtype"}) json[key] = "float32";
  json["use_cache"] = true;
  return json;
}

}  // namespace aiops::train
