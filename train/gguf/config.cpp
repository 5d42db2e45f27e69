// SPDX-License-Identifier: Apache-2.0
// Llama 3's stretched positions are no metadata: converters bake the divisor of every frequency
// into a tensor. The four numbers behind it are found again by guessing: the factor is the largest
// divisor, the original length a power of two, the other two are those of every published Llama 3;
// a tensor that they do not explain is refused.
#include "train/gguf/config.hpp"

#include "base/encoding.hpp"
#include "base/error.hpp"
#include "train/gguf/names.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>
#include <optional>

namespace aiops::train {
namespace {

// The metadata of one architecture, with the file's name for what is wrong with them.
class Keys {
 public:
  Keys(const pack::ByteSource& source, const pack::GgufHeader& header)
      : what_(source.what), header_(header), prefix_(header.text("general.architecture") + ".") {}

  [[noreturn]] void refuse(const std::string& why) const {
    throw Error(ExitCode::failed, what_ + ": " + why);
  }

  std::string full(const std::string& key) const { return prefix_ + key; }
  bool has(const std::string& key) const { return header_.metadata.contains(full(key)); }

  std::int64_t integer(const std::string& key) const {
    if (!has(key)) refuse("has no '" + full(key) + "'");
    return integer_at(full(key), 0);
  }
  std::int64_t integer(const std::string& key, std::int64_t otherwise) const {
    return integer_at(full(key), otherwise);
  }
  std::int64_t integer_at(const std::string& key, std::int64_t otherwise) const {
    const auto found = header_.metadata.find(key);
    if (found == header_.metadata.end()) return otherwise;
    if (const auto* value = std::get_if<std::uint64_t>(&found->second); value && *value >> 62 == 0)
      return static_cast<std::int64_t>(*value);
    if (const auto* value = std::get_if<std::int64_t>(&found->second)) return *value;
    refuse("'" + key + "' is not one whole number");
  }

  // As it was before it was rounded to fp32: the shortest decimal that rounds there.
  double number(const std::string& key, double otherwise) const {
    const auto found = header_.metadata.find(full(key));
    if (found == header_.metadata.end()) return otherwise;
    const auto* value = std::get_if<double>(&found->second);
    if (value == nullptr) refuse("'" + full(key) + "' is not a number");
    const auto rounded = static_cast<float>(*value);
    if (static_cast<double>(rounded) != *value) return *value;
    std::array<char, 32> text{};
    const auto end = std::to_chars(text.begin(), text.end(), rounded).ptr;
    double shortest = 0;
    std::from_chars(text.begin(), end, shortest);
    return shortest;
  }

  std::string text(const std::string& key) const { return header_.text(full(key)); }

 private:
  const std::string& what_;
  const pack::GgufHeader& header_;
  std::string prefix_;
};

const pack::TensorInfo* find_tensor(const pack::GgufHeader& header, const char* name) {
  const auto found = std::find_if(header.tensors.begin(), header.tensors.end(),
                                  [&](const pack::TensorInfo& one) { return one.name == name; });
  return found == header.tensors.end() ? nullptr : &*found;
}

void refuse_what_is_not_supported(const Keys& keys, const ModelConfig& config) {
  if (keys.integer("expert_count", 0) > 0) keys.refuse("mixtures of experts are not supported");
  if (config.family != Family::gpt2 &&
      keys.integer("rope.dimension_count", config.head_dim) != config.head_dim)
    keys.refuse("'" + keys.full("rope.dimension_count") + "' rotates a part of each head only");
  if (keys.integer("attention.value_length", config.head_dim) != config.head_dim)
    keys.refuse("'" + keys.full("attention.value_length") + "' differs from the keys' length");
  const auto window = keys.integer("attention.sliding_window", 0);
  if (window > 0 && window < config.max_position_embeddings)
    keys.refuse("'" + keys.full("attention.sliding_window") + "' is not supported");
}

RopeScaling stated_scaling(const Keys& keys, std::int64_t context) {
  const std::string type = keys.text("rope.scaling.type");
  if (type.empty() || type == "none") return {};
  if (type != "linear" && type != "yarn")
    keys.refuse("'" + keys.full("rope.scaling.type") + "' is '" + printable(type) +
                "', only linear and yarn are supported");
  RopeScaling scaling;
  scaling.factor = keys.number("rope.scaling.factor", 1);
  if (scaling.factor == 1) return scaling;
  scaling.kind = RopeScaling::Kind::linear;
  if (type == "linear") return scaling;
  scaling.kind = RopeScaling::Kind::yarn;
  scaling.original_max_position_embeddings =
      keys.integer("rope.scaling.original_context_length", context);
  constexpr std::pair<const char*, double> kUsual[] = {{"rope.scaling.attn_factor", 1},
                                                       {"rope.scaling.yarn_beta_fast", 32},
                                                       {"rope.scaling.yarn_beta_slow", 1}};
  for (const auto& [key, usual] : kUsual)
    if (keys.number(key, usual) != usual)
      keys.refuse("'" + keys.full(key) + "' is not the usual one, which alone is supported");
  return scaling;
}

RopeScaling llama3_scaling(const Keys& keys, const pack::ByteSource& source,
                           const pack::GgufHeader& header, ModelConfig config) {
  const pack::TensorInfo& tensor = *find_tensor(header, kRopeFactors);
  std::vector<float> factors(static_cast<std::size_t>(config.head_dim / 2));
  if (tensor.dtype != "F32" || tensor.elements() != factors.size())
    keys.refuse(std::string(kRopeFactors) + " does not fit the heads");
  source.read_at(header.data_start + tensor.begin, std::as_writable_bytes(std::span(factors)));
  const float largest = *std::max_element(factors.begin(), factors.end());
  if (largest == 1) return {};
  config.rope_scaling = {.kind = RopeScaling::Kind::llama3, .factor = static_cast<double>(largest)};
  for (std::int64_t original = 32; original <= 1 << 24; original *= 2) {
    config.rope_scaling.original_max_position_embeddings = original;
    const auto expected = rope_factors(config);
    if (std::equal(factors.begin(), factors.end(), expected.begin(), [](float found, float wanted) {
          return std::abs(found - wanted) <= 1e-4F * wanted;
        }))
      return config.rope_scaling;
  }
  keys.refuse(std::string(kRopeFactors) + " stretches positions in a way that is not known");
}

void read_shape(const Keys& keys, ModelConfig& config) {
  config.hidden_size = keys.integer("embedding_length");
  config.num_hidden_layers = keys.integer("block_count");
  config.intermediate_size = keys.integer("feed_forward_length");
  config.max_position_embeddings = keys.integer("context_length");
  config.num_attention_heads = keys.integer("attention.head_count");
  if (config.num_attention_heads < 1)
    keys.refuse("'" + keys.full("attention.head_count") + "' must be positive");
  config.num_key_value_heads = keys.integer("attention.head_count_kv", config.num_attention_heads);
  config.head_dim =
      keys.integer("attention.key_length", config.hidden_size / config.num_attention_heads);
  config.norm_eps = keys.number(config.family == Family::gpt2 ? "attention.layer_norm_epsilon"
                                                              : "attention.layer_norm_rms_epsilon",
                                1e-5);
  config.rope_theta = keys.number("rope.freq_base", 10000);
}

// The tokens that end a text: what the file says, and the end of a turn.
void read_tokens(const Keys& keys, ModelConfig& config) {
  config.bos_token_id = keys.integer_at("tokenizer.ggml.bos_token_id", -1);
  config.eos_token_id = keys.integer_at("tokenizer.ggml.eos_token_id", -1);
  const auto turn = keys.integer_at("tokenizer.ggml.eot_token_id", -1);
  if (turn >= 0 && turn != config.eos_token_id) config.other_eos_token_ids.push_back(turn);
}

}  // namespace

std::vector<float> rope_factors(const ModelConfig& config) {
  const RopeScaling& scaling = config.rope_scaling;
  const double original = static_cast<double>(scaling.original_max_position_embeddings);
  std::vector<float> factors;
  for (std::int64_t i = 0; i < config.head_dim / 2; ++i) {
    const double exponent = static_cast<double>(2 * i) / static_cast<double>(config.head_dim);
    const double wavelength = 2 * std::numbers::pi * std::pow(config.rope_theta, exponent);
    const double smooth = (original / wavelength - scaling.low_freq_factor) /
                          (scaling.high_freq_factor - scaling.low_freq_factor);
    const double share = std::clamp(smooth, 0.0, 1.0);
    factors.push_back(static_cast<float>(1 / ((1 - share) / scaling.factor + share)));
  }
  return factors;
}

ModelConfig config_of_gguf(const pack::ByteSource& source, const pack::GgufHeader& header) {
  const Keys keys(source, header);
  const std::string architecture = header.text("general.architecture");
  const auto family = family_of_gguf(architecture);
  if (!family)
    keys.refuse("architecture '" + printable(architecture) +
                "' is not supported: llama, qwen2, qwen3 and gpt2 are");
  const pack::TensorInfo* embedding = find_tensor(header, "token_embd.weight");
  if (embedding == nullptr || embedding->shape.size() != 2)
    keys.refuse("has no token_embd.weight of two dimensions");
  ModelConfig config;
  config.family = *family;
  config.vocab_size =
      static_cast<std::int64_t>(std::min<std::uint64_t>(embedding->shape[0], 1U << 30));
  read_shape(keys, config);
  config.tie_word_embeddings = find_tensor(header, "output.weight") == nullptr;
  if (config.family == Family::llama || config.family == Family::qwen3)
    config.attention_bias = find_tensor(header, "blk.0.attn_q.bias") != nullptr;
  if (config.family == Family::llama)
    config.mlp_bias = find_tensor(header, "blk.0.ffn_gate.bias") != nullptr;
  read_tokens(keys, config);
  try {
    config.check();
  } catch (const Error& error) {
    keys.refuse(error.message);
  }
  refuse_what_is_not_supported(keys, config);
  config.rope_scaling = find_tensor(header, kRopeFactors) == nullptr
                            ? stated_scaling(keys, config.max_position_embeddings)
                            : llama3_scaling(keys, source, header, config);
  return config;
}

}  // namespace aiops::train
