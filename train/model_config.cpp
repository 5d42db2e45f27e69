// SPDX-License-Identifier: Apache-2.0
// config.json as transformers writes it. Version 4 says rope_theta, rope_scaling and torch_dtype
// where version 5 says rope_parameters and dtype: both are read, both are written.
#include "train/model_config.hpp"

#include "base/error.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::train {
namespace {

// The members of a config.json, with the file's name for what is wrong with them.
class Reader {
 public:
  Reader(const Json& config, std::string_view what) : config_(config), what_(what) {
    if (!config.is_object()) refuse("not a JSON object");
  }

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": " + why);
  }

  // The member, or nullptr when it is absent or null.
  const Json* find(const char* key) const {
    const auto found = config_.find(key);
    return found == config_.end() || found->is_null() ? nullptr : &*found;
  }

  std::int64_t integer(const char* key) const {
    const Json* member = find(key);
    if (member == nullptr) refuse(std::string("has no '") + key + "'");
    return integer(key, 0);
  }

  std::int64_t integer(const char* key, std::int64_t otherwise) const {
    const Json* member = find(key);
    if (member == nullptr) return otherwise;
    if (!member->is_number_integer()) refuse(std::string("'") + key + "' is not an integer");
    return member->get<std::int64_t>();
  }

  double number(const char* key, double otherwise) const {
    const Json* member = find(key);
    if (member == nullptr) return otherwise;
    if (!member->is_number()) refuse(std::string("'") + key + "' is not a number");
    return member->get<double>();
  }

  // Token ids: one, a list (several tokens may end a text), or none.
  std::vector<std::int64_t> tokens(const char* key) const {
    const Json* member = find(key);
    if (member == nullptr) return {};
    std::vector<std::int64_t> ids;
    for (const Json& id : member->is_array() ? *member : Json::array({*member})) {
      if (!id.is_number_integer()) refuse(std::string("'") + key + "' is not a token id");
      ids.push_back(id.get<std::int64_t>());
    }
    return ids;
  }

  // Refuses a member that is there and not `only`: what it asks for is not implemented.
  void insist(const char* key, const Json& only) const {
    const Json* member = find(key);
    if (member != nullptr && *member != only)
      refuse(std::string("'") + key + "' is " + to_text(*member) + ", only " + to_text(only) +
             " is supported");
  }

 private:
  const Json& config_;
  std::string what_;
};

double read_rope_theta(const Reader& reader, std::string_view what) {
  constexpr double kUsual = 10000;
  double theta = reader.number("rope_theta", kUsual);
  for (const char* key : {"rope_scaling", "rope_parameters"}) {
    const Json* member = reader.find(key);
    if (member == nullptr) continue;
    const Reader inner(*member, std::string(what) + ", " + key);
    inner.insist("rope_type", "default");
    inner.insist("type", "default");  // the older name
    inner.insist("partial_rotary_factor", 1.0);
    theta = inner.number("rope_theta", theta);
  }
  return theta;
}

void refuse_what_is_not_llama(const Reader& reader) {
  if (reader.find("model_type") == nullptr) reader.refuse("has no 'model_type'");
  reader.insist("model_type", "llama");
  reader.insist("architectures", Json::array({"LlamaForCausalLM"}));
  reader.insist("hidden_act", "silu");
  for (const char* key : {"attention_bias", "mlp_bias", "rope_interleaved"})
    reader.insist(key, false);
  reader.insist("attention_dropout", 0.0);
  reader.insist("partial_rotary_factor", 1.0);
  if (reader.find("quantization_config") != nullptr)
    reader.refuse("'quantization_config' is not supported");
}

void require(bool holds, const char* field, const char* condition) {
  if (!holds) throw Error(ExitCode::usage, std::string(field) + " must be " + condition);
}

// One token id, or a list when there are several.
OrderedJson token_json(std::int64_t token, const std::vector<std::int64_t>& others = {}) {
  if (token < 0) return nullptr;
  if (others.empty()) return token;
  auto list = OrderedJson::array({token});
  for (const std::int64_t other : others) list.push_back(other);
  return list;
}

}  // namespace

bool ModelConfig::is_end(std::int64_t token) const {
  return token == eos_token_id ||
         std::ranges::find(other_eos_token_ids, token) != other_eos_token_ids.end();
}

ModelConfig ModelConfig::from_json(const Json& json, std::string_view what) {
  const Reader reader(json, what);
  refuse_what_is_not_llama(reader);
  ModelConfig config;
  config.vocab_size = reader.integer("vocab_size");
  config.hidden_size = reader.integer("hidden_size");
  config.intermediate_size = reader.integer("intermediate_size");
  config.num_hidden_layers = reader.integer("num_hidden_layers");
  config.num_attention_heads = reader.integer("num_attention_heads");
  if (config.num_attention_heads < 1) reader.refuse("'num_attention_heads' must be positive");
  config.num_key_value_heads = reader.integer("num_key_value_heads", config.num_attention_heads);
  config.head_dim = reader.integer("head_dim", config.hidden_size / config.num_attention_heads);
  config.max_position_embeddings = reader.integer("max_position_embeddings", 2048);
  config.norm_eps = reader.number("rms_norm_eps", 1e-6);
  config.rope_theta = read_rope_theta(reader, what);
  config.initializer_range = reader.number("initializer_range", 0.02);
  const Json* tied = reader.find("tie_word_embeddings");
  if (tied != nullptr && !tied->is_boolean())
    reader.refuse("'tie_word_embeddings' is not true or false");
  config.tie_word_embeddings = tied != nullptr && tied->get<bool>();
  if (const auto begin = reader.tokens("bos_token_id"); !begin.empty())
    config.bos_token_id = begin.front();
  if (const auto ends = reader.tokens("eos_token_id"); !ends.empty()) {
    config.eos_token_id = ends.front();
    config.other_eos_token_ids.assign(ends.begin() + 1, ends.end());
  }
  try {
    config.check();
  } catch (const Error& error) {
    reader.refuse(error.message);
  }
  return config;
}

OrderedJson ModelConfig::to_json() const {
  return OrderedJson{
      {"architectures", {"LlamaForCausalLM"}},
      {"model_type", "llama"},
      {"vocab_size", vocab_size},
      {"hidden_size", hidden_size},
      {"intermediate_size", intermediate_size},
      {"num_hidden_layers", num_hidden_layers},
      {"num_attention_heads", num_attention_heads},
      {"num_key_value_heads", num_key_value_heads},
      {"head_dim", head_dim},
      {"hidden_act", "silu"},
      {"max_position_embeddings", max_position_embeddings},
      {"rms_norm_eps", norm_eps},
      {"rope_theta", rope_theta},
      {"rope_parameters", {{"rope_theta", rope_theta}, {"rope_type", "default"}}},
      {"attention_bias", false},
      {"attention_dropout", 0.0},
      {"mlp_bias", false},
      {"initializer_range", initializer_range},
      {"tie_word_embeddings", tie_word_embeddings},
      {"bos_token_id", token_json(bos_token_id)},
      {"eos_token_id", token_json(eos_token_id, other_eos_token_ids)},
      {"torch_dtype", "float32"},
      {"dtype", "float32"},
      {"use_cache", true},
  };
}

std::uint64_t ModelConfig::parameter_count() const {
  const auto number = [](std::int64_t x) { return static_cast<std::uint64_t>(x); };
  const std::uint64_t hidden = number(hidden_size);
  const std::uint64_t query = number(num_attention_heads) * number(head_dim);
  const std::uint64_t key = number(num_key_value_heads) * number(head_dim);
  const std::uint64_t layer =
      hidden * (2 * query + 2 * key + 3 * number(intermediate_size)) + 2 * hidden;
  const std::uint64_t table = number(vocab_size) * hidden;
  return number(num_hidden_layers) * layer + hidden + (tie_word_embeddings ? table : 2 * table);
}

void ModelConfig::check() const {
  constexpr std::int64_t kMost = std::int64_t{1} << 24U;  // keeps every product within 63 bits
  const auto size = [](const char* field, std::int64_t value, std::int64_t most) {
    require(value >= 1 && value <= most, field,
            ("between 1 and " + std::to_string(most) + ", not " + std::to_string(value)).c_str());
  };
  size("vocab_size", vocab_size, kMost);
  size("hidden_size", hidden_size, kMost);
  size("intermediate_size", intermediate_size, kMost);
  size("num_hidden_layers", num_hidden_layers, 4096);
  size("num_attention_heads", num_attention_heads, 4096);
  size("num_key_value_heads", num_key_value_heads, num_attention_heads);
  size("head_dim", head_dim, 4096);
  size("max_position_embeddings", max_position_embeddings, kMost);
  require(num_attention_heads % num_key_value_heads == 0, "num_attention_heads",
          "a multiple of num_key_value_heads");
  require(head_dim % 2 == 0, "head_dim", "even");
  require(norm_eps > 0, "norm_eps", "positive");
  require(rope_theta > 0, "rope_theta", "positive");
  require(initializer_range >= 0, "initializer_range", "at least 0");
  require(bos_token_id < vocab_size, "bos_token_id", "below vocab_size");
  require(eos_token_id < vocab_size, "eos_token_id", "below vocab_size");
  for (const std::int64_t token : other_eos_token_ids)
    require(token < vocab_size, "eos_token_id", "below vocab_size");
}

}  // namespace aiops::train
