// SPDX-License-Identifier: Apache-2.0
#include "train/model/adapter_config.hpp"

#include "base/error.hpp"
#include "tests/unit/train/tiny_model.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Size = LoraOptions::Size;

std::string refusal(const std::string& text) {
  try {
    parse_adapter_config(text, "a.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "read";
}

// The members that there must be, and more.
std::string with(const std::string& more) {
  return R"({"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":["q_proj"])" + more + "}";
}

std::string targeting(const std::string& targets, const std::string& more = "") {
  return R"({"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":)" + targets + more + "}";
}

TEST(AdapterConfig, SaysWhatItWasGiven) {
  const LoraOptions options{.rank = 4,
                            .alpha = 12.5,
                            .scale = LoraScale::by_root,
                            .dropout = 0.25,
                            .targets = {"q_proj", "up_proj"},
                            .others = {{"model.layers.0.mlp.up_proj", {2, 12.5}},
                                       {"model.layers.1.mlp.up_proj", {4, 3}}}};
  const auto config =
      parse_adapter_config(adapter_config(options, tiny_config(), "base/model"), "a.json");
  EXPECT_EQ(config.rank, 4);
  EXPECT_EQ(config.alpha, 12.5);
  EXPECT_EQ(config.scale, LoraScale::by_root);
  EXPECT_EQ(config.dropout, 0.25);
  EXPECT_THAT(config.targets, ElementsAre("q_proj", "up_proj"));
  EXPECT_TRUE(config.has_all);
  EXPECT_EQ(config.base, "base/model");
  EXPECT_EQ(config.size_of("model.layers.0.mlp.up_proj"), (Size{2, 12.5}));
  EXPECT_EQ(config.size_of("model.layers.1.mlp.up_proj"), (Size{4, 3}));
  EXPECT_EQ(config.size_of("model.layers.10.mlp.up_proj"), (Size{4, 12.5}));
}

TEST(AdapterConfig, TakesEverySpellingOfItsTargets) {
  const auto names = parse_adapter_config(targeting(R"(["v_proj","mlp.up_proj","v_proj"])"), "a");
  EXPECT_THAT(names.targets, ElementsAre("mlp.up_proj", "v_proj"));
  EXPECT_TRUE(names.has_all);
  EXPECT_TRUE(names.targets_matrix("model.layers.3.mlp.up_proj"));
  EXPECT_FALSE(names.targets_matrix("model.layers.3.other_mlp.up_proj"));
  for (const char* elsewhere : {R"("all-linear")", R"(".*\\.(q|v)_proj")", "null"}) {
    const auto config = parse_adapter_config(targeting(elsewhere), "a");
    EXPECT_THAT(config.targets, IsEmpty()) << elsewhere;
    EXPECT_FALSE(config.has_all) << elsewhere;
  }
  for (const char* narrower : {R"(,"layers_to_transform":0)", R"(,"layers_to_transform":[1])",
                               R"(,"exclude_modules":"x")"})
    EXPECT_FALSE(parse_adapter_config(targeting(R"(["q_proj"])", narrower), "a").has_all);
  EXPECT_THAT(refusal(targeting("[]")), HasSubstr("'target_modules' is neither names nor"));
  EXPECT_THAT(refusal(targeting("[1]")), HasSubstr("'target_modules' has something that is no"));
  EXPECT_THAT(refusal(targeting("{}")), HasSubstr("'target_modules'"));
}

// As PEFT's get_pattern_key(): the first that fits, a whole name or its end.
TEST(AdapterConfig, ReadsPatternsInTheirOrder) {
  const auto config = parse_adapter_config(
      with(R"(,"rank_pattern":{"layers\\.0\\.self_attn.q_proj$":16,"q_proj":2},)"
           R"("alpha_pattern":{"^model.layers.1.mlp.up_proj":5})"),
      "a");
  EXPECT_EQ(config.size_of("model.layers.0.self_attn.q_proj"), (Size{16, 8}));
  EXPECT_EQ(config.size_of("model.layers.1.self_attn.q_proj"), (Size{2, 8}));
  EXPECT_EQ(config.size_of("model.layers.1.mlp.up_proj"), (Size{4, 5}));
  EXPECT_EQ(config.size_of("other.model.layers.1.mlp.up_proj"), (Size{4, 8}));
  EXPECT_THAT(refusal(with(R"(,"alpha_pattern":{"(q|v)_proj":2})")),
              HasSubstr("'alpha_pattern' has \"(q|v)_proj\": of regular expressions only names"));
  EXPECT_THAT(refusal(with(R"(,"rank_pattern":{"q_proj":0})")), HasSubstr("'rank_pattern' is not"));
  EXPECT_THAT(refusal(with(R"(,"rank_pattern":[2])")), HasSubstr("'rank_pattern' is no object"));
}

TEST(AdapterConfig, RefusesWhatItCannotHonour) {
  EXPECT_EQ(refusal(with("")), "read");
  EXPECT_EQ(refusal(with(R"(,"rank_pattern":{},"modules_to_save":null,"use_dora":false)")), "read");
  EXPECT_EQ(refusal(with(R"(,"peft_version":"9.9","loftq_config":{},"task_type":"CAUSAL_LM")")),
            "read");
  EXPECT_EQ(refusal(with(R"(,"fan_in_fan_out":true,"init_lora_weights":"gaussian")")), "read");
  EXPECT_THAT(refusal(with(R"(,"use_dora":true)")), HasSubstr("a.json: 'use_dora' is true"));
  EXPECT_THAT(refusal(with(R"(,"bias":"all")")), HasSubstr("'bias' is \"all\""));
  EXPECT_THAT(refusal(with(R"(,"lora_bias":true)")), HasSubstr("'lora_bias'"));
  EXPECT_THAT(refusal(with(R"(,"modules_to_save":["lm_head"])")), HasSubstr("'modules_to_save'"));
  EXPECT_THAT(refusal(with(R"(,"init_lora_weights":"pissa")")), HasSubstr("'init_lora_weights'"));
  EXPECT_THAT(refusal(with(R"(,"use_something_later":true)")), HasSubstr("'use_something_later'"));
  EXPECT_THAT(refusal(with(R"(,"later_config":{"a":1})")), HasSubstr("'later_config'"));
  EXPECT_THAT(refusal(with(R"(,"use_rslora":"yes")")), HasSubstr("'use_rslora' is not true or"));
  EXPECT_THAT(refusal(with(R"(,"lora_dropout":1)")), HasSubstr("'lora_dropout'"));
  EXPECT_THAT(refusal(R"({"peft_type":"IA3"})"), HasSubstr("is no LoRA adapter"));
  EXPECT_THAT(refusal(R"({"peft_type":"LORA","r":0,"lora_alpha":8})"), HasSubstr("'r' is not"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
}

}  // namespace
}  // namespace aiops::train
