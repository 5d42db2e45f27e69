// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

Json tiny_json() { return parse_json(to_text(tiny_config(false).to_json()), "config.json"); }

std::string refusal(const Json& config) {
  try {
    ModelConfig::from_json(config, "config.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "accepted";
}

TEST(ModelConfig, ComesBackAsItWas) {
  ModelConfig config = tiny_config(false);
  config.eos_token_id = 3;
  config.other_eos_token_ids = {5, 36};
  config.rope_theta = 5e5;
  config.norm_eps = 1e-6;
  const auto text = to_text(config.to_json());
  const auto back = ModelConfig::from_json(parse_json(text, "config.json"), "config.json");
  EXPECT_EQ(to_text(back.to_json()), text);
  EXPECT_EQ(back.bos_token_id, -1);
  EXPECT_EQ(back.eos_token_id, 3);
  EXPECT_TRUE(back.is_end(36));
  EXPECT_FALSE(back.is_end(4));
}

TEST(ModelConfig, WritesWhatBothVersionsOfTransformersRead) {
  const Json json = tiny_json();
  EXPECT_EQ(json.at("architectures"), Json::array({"LlamaForCausalLM"}));
  EXPECT_EQ(json.at("model_type"), "llama");
  EXPECT_EQ(json.at("rope_theta"), json.at("rope_parameters").at("rope_theta"));
  EXPECT_EQ(json.at("torch_dtype"), json.at("dtype"));
  EXPECT_TRUE(json.at("bos_token_id").is_null());
}

TEST(ModelConfig, FillsInWhatTransformersLeavesOut) {
  const Json json = {
      {"model_type", "llama"},          {"vocab_size", 100},      {"hidden_size", 48},
      {"intermediate_size", 64},        {"num_hidden_layers", 1}, {"num_attention_heads", 4},
      {"num_key_value_heads", nullptr}, {"eos_token_id", {7, 8}}};
  const auto config = ModelConfig::from_json(json, "config.json");
  EXPECT_EQ(config.num_key_value_heads, 4);
  EXPECT_EQ(config.head_dim, 12);
  EXPECT_EQ(config.norm_eps, 1e-6);
  EXPECT_FALSE(config.tie_word_embeddings);
  EXPECT_EQ(config.eos_token_id, 7);
}

TEST(ModelConfig, ReadsTheNewPlaceOfTheta) {
  Json json = tiny_json();
  json.erase("rope_theta");
  json["rope_parameters"] = {{"rope_theta", 1e6}, {"rope_type", "default"}};
  EXPECT_EQ(ModelConfig::from_json(json, "config.json").rope_theta, 1e6);
}

TEST(ModelConfig, RefusesWhatItCannotHonourAndNamesIt) {
  const std::pair<const char*, Json> changes[] = {
      {"model_type", "bert"},
      {"model_type", 7},
      {"architectures", Json::array({"LlamaForTokenClassification"})},
      {"hidden_act", "gelu"},
      {"attention_bias", "yes"},
      {"mlp_bias", 1},
      {"partial_rotary_factor", 0.5},
      {"layer_types", Json::array({"full_attention", "sliding_attention"})},
      {"quantization_config", Json::object()},
      {"vocab_size", "many"},
      {"hidden_size", nullptr},
      {"rms_norm_eps", Json::array()},
      {"tie_word_embeddings", 1},
      {"eos_token_id", "</s>"},
  };
  for (const auto& [key, value] : changes) {
    Json json = tiny_json();
    json[key] = value;
    EXPECT_THAT(refusal(json), testing::HasSubstr(key));
  }
  Json scaled = tiny_json();
  scaled["rope_scaling"] = {{"rope_type", "longrope"}, {"factor", 8.0}};
  EXPECT_THAT(refusal(scaled), testing::HasSubstr("rope_type"));
  for (const auto& [key, value] : {std::pair<const char*, Json>{"attention_factor", 1.5},
                                   {"beta_fast", 16},
                                   {"mscale", 0.7},
                                   {"truncate", false}}) {
    scaled["rope_scaling"] = {{"rope_type", "yarn"}, {"factor", 8.0}, {key, value}};
    EXPECT_THAT(refusal(scaled), testing::HasSubstr(key));
  }
  EXPECT_THAT(refusal(Json::array()), testing::HasSubstr("not a JSON object"));
}

TEST(ModelConfig, ComesBackAsItWasInEveryFamily) {
  for (const Family family : kAllFamilies)
    for (const bool tied : {true, false}) {
      const auto text = to_text(tiny_config_of(family, tied).to_json());
      const auto back = ModelConfig::from_json(parse_json(text, "config.json"), "config.json");
      EXPECT_EQ(to_text(back.to_json()), text);
      EXPECT_EQ(back.family, family);
      EXPECT_EQ(back.rope_scaling.kind, tiny_config_of(family).rope_scaling.kind) << text;
    }
}

// A window as long as the context hides nothing; Qwen's counts only when it is switched on.
TEST(ModelConfig, RefusesWindowsThatHideSomething) {
  const auto changed = [](Family family, Json changes) {
    Json json = parse_json(to_text(tiny_config_of(family).to_json()), "config.json");
    json.update(changes);
    return refusal(json);
  };
  using testing::HasSubstr;
  EXPECT_THAT(changed(Family::mistral, {{"sliding_window", 299}}), HasSubstr("sliding_window"));
  EXPECT_EQ(changed(Family::mistral, {{"sliding_window", 300}}), "accepted");
  EXPECT_EQ(changed(Family::qwen2, {{"sliding_window", 20}}), "accepted");
  const Json window{{"sliding_window", 20}, {"use_sliding_window", true}, {"max_window_layers", 0}};
  EXPECT_THAT(changed(Family::qwen3, window), HasSubstr("sliding_window"));
  Json of_no_layer = window;
  of_no_layer["max_window_layers"] = tiny_config_of(Family::qwen3).num_hidden_layers;
  EXPECT_EQ(changed(Family::qwen3, of_no_layer), "accepted");
  EXPECT_THAT(changed(Family::gpt2, {{"scale_attn_by_inverse_layer_idx", true}}),
              HasSubstr("scale_attn_by_inverse_layer_idx"));
}

// Mistral's window is 4096 where nothing is said of it, as transformers has it.
TEST(ModelConfig, AWindowThatIsNotStatedIsTheUsualOne) {
  Json json = parse_json(to_text(tiny_config_of(Family::mistral).to_json()), "config.json");
  json["max_position_embeddings"] = 8192;
  EXPECT_EQ(refusal(json), "accepted") << "null: none";
  json.erase("sliding_window");
  EXPECT_THAT(refusal(json), testing::HasSubstr("'sliding_window' is 4096"));
  json["max_position_embeddings"] = 4096;
  EXPECT_EQ(refusal(json), "accepted");
}

TEST(ModelConfig, FindsTheLengthThatLlama3IsScaledFrom) {
  Json json = tiny_json();
  json.erase("rope_parameters");
  json["max_position_embeddings"] = 1024;
  json["rope_scaling"] = {{"rope_type", "llama3"}, {"factor", 8.0}};
  const auto original = [&] {
    return ModelConfig::from_json(json, "config.json")
        .rope_scaling.original_max_position_embeddings;
  };
  EXPECT_EQ(original(), 1024);
  json["original_max_position_embeddings"] = 128;
  EXPECT_EQ(original(), 128);
  json["rope_scaling"]["original_max_position_embeddings"] = 64;
  EXPECT_EQ(original(), 64);
}

// What config.json of GPT-2 itself says, and what it leaves out.
TEST(ModelConfig, ReadsGpt2) {
  const Json json = {{"model_type", "gpt2"},
                     {"architectures", {"GPT2LMHeadModel"}},
                     {"activation_function", "gelu_new"},
                     {"attn_pdrop", 0.1},
                     {"n_ctx", 1024},
                     {"n_embd", 768},
                     {"n_head", 12},
                     {"n_inner", nullptr},
                     {"n_layer", 12},
                     {"n_positions", 1024},
                     {"layer_norm_epsilon", 1e-5},
                     {"eos_token_id", 50256},
                     {"vocab_size", 50257}};
  const auto config = ModelConfig::from_json(json, "config.json");
  EXPECT_EQ(config.intermediate_size, 3072);
  EXPECT_EQ(config.head_dim, 64);
  EXPECT_EQ(config.num_key_value_heads, 12);
  EXPECT_TRUE(config.tie_word_embeddings);
  EXPECT_EQ(config.parameter_count(), 124439808U);
}

TEST(ModelConfig, RefusesImpossibleSizes) {
  const std::pair<const char*, std::int64_t> changes[] = {
      {"vocab_size", 0},
      {"hidden_size", -5},
      {"num_hidden_layers", 1 << 20},
      {"num_attention_heads", 0},
      {"num_attention_heads", 3},
      {"num_key_value_heads", 8},
      {"head_dim", 7},
      {"intermediate_size", std::int64_t{1} << 40},
      {"eos_token_id", 37},
  };
  for (const auto& [key, value] : changes) {
    Json json = tiny_json();
    json[key] = value;
    EXPECT_THAT(refusal(json), testing::HasSubstr(key));
  }
}

TEST(ModelConfig, CountsParameters) {
  // SmolLM2-135M, whose real count is known.
  ModelConfig config;
  config.vocab_size = 49152;
  config.hidden_size = 576;
  config.intermediate_size = 1536;
  config.num_hidden_layers = 30;
  config.num_attention_heads = 9;
  config.num_key_value_heads = 3;
  config.head_dim = 64;
  config.max_position_embeddings = 8192;
  config.check();
  EXPECT_EQ(config.parameter_count(), 134515008U);
}

TEST(ModelConfig, CountsWhatTheModelHas) {
  ThreadPool threads(1);
  for (const auto& [family, tied] : {std::pair{Family::llama, true},
                                     {Family::mistral, false},
                                     {Family::qwen2, true},
                                     {Family::qwen3, false},
                                     {Family::gpt2, true}}) {
    Model model(tiny_config_of(family, tied), threads);
    std::uint64_t count = 0;
    for (const Parameter& parameter : model.parameters()) {
      std::uint64_t size = 1;
      for (const auto extent : parameter.shape) size *= extent;
      EXPECT_EQ(size, parameter.value.size()) << parameter.name;
      EXPECT_EQ(parameter.decay, parameter.shape.size() == 2) << parameter.name;
      count += size;
    }
    EXPECT_EQ(count, model.config().parameter_count());
  }
}

}  // namespace
}  // namespace aiops::train
