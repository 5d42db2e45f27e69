// SPDX-License-Identifier: Apache-2.0
#include "train/model/adapter_directory.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string refusal(const std::string& text) {
  try {
    parse_adapter_config(text, "a.json");
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "read";
}

TEST(AdapterConfig, SaysWhatItWasGiven) {
  const LoraOptions options{.rank = 4, .alpha = 12.5, .targets = {"q_proj", "up_proj"}};
  const auto config = parse_adapter_config(adapter_config(options, "base/model"), "a.json");
  EXPECT_EQ(config.lora.rank, 4);
  EXPECT_EQ(config.lora.alpha, 12.5);
  EXPECT_THAT(config.lora.targets, ElementsAre("q_proj", "up_proj"));
  EXPECT_EQ(config.base, "base/model");
}

TEST(AdapterConfig, RefusesWhatItCannotHonour) {
  const auto with = [](const std::string& more) {
    return R"({"peft_type":"LORA","r":4,"lora_alpha":8,"target_modules":["q_proj"])" + more + "}";
  };
  EXPECT_EQ(refusal(with("")), "read");
  EXPECT_EQ(refusal(with(R"(,"rank_pattern":{},"modules_to_save":null,"use_dora":false)")), "read");
  EXPECT_THAT(refusal(with(R"(,"use_dora":true)")), HasSubstr("a.json: 'use_dora' is true"));
  EXPECT_THAT(refusal(with(R"(,"rank_pattern":{"q_proj":2})")), HasSubstr("'rank_pattern'"));
  EXPECT_THAT(refusal(with(R"(,"bias":"all")")), HasSubstr("'bias' is \"all\""));
  EXPECT_THAT(refusal(R"({"peft_type":"IA3"})"), HasSubstr("is no LoRA adapter"));
  EXPECT_THAT(refusal(R"({"peft_type":"LORA","r":0,"lora_alpha":8})"), HasSubstr("'r' is not"));
  EXPECT_THAT(refusal(R"({"peft_type":"LORA","r":2,"lora_alpha":8,"target_modules":".*"})"),
              HasSubstr("'target_modules' is no list"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not a JSON object"));
}

}  // namespace
}  // namespace aiops::train
