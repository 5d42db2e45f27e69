// SPDX-License-Identifier: Apache-2.0
// config.json of models with a head for labels, ours and transformers'.
#include "base/error.hpp"
#include "tests/unit/train/labelled_batch.hpp"
#include "train/model/family.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Json json_of(const ModelConfig& config) {
  return parse_json(to_text(config.to_json()), "config.json");
}

ModelConfig read(const Json& json) { return ModelConfig::from_json(json, "config.json"); }

std::string refusal(const Json& json) {
  try {
    read(json);
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "accepted";
}

TEST(HeadConfig, ComesBackAsItWasInEveryFamily) {
  for (const Family family : kAllFamilies)
    for (const HeadKind kind : {HeadKind::classification, HeadKind::regression}) {
      auto config = tiny_head_config(family, kind, 3);
      config.head.labels = {"a", "\"b\"", "ç"};
      const auto back = read(json_of(config));
      EXPECT_EQ(back.head, config.head);
      EXPECT_EQ(to_text(back.to_json()), to_text(config.to_json()));
    }
}

TEST(HeadConfig, SaysWhatTransformersReads) {
  const Json json = json_of(tiny_head_config(Family::gpt2, HeadKind::classification, 2));
  EXPECT_EQ(json.at("architectures"), Json::array({"GPT2ForSequenceClassification"}));
  EXPECT_EQ(json.at("num_labels"), 2);
  EXPECT_EQ(json.at("id2label"), (Json{{"0", "LABEL_0"}, {"1", "LABEL_1"}}));
  EXPECT_EQ(json.at("label2id"), (Json{{"LABEL_0", 0}, {"LABEL_1", 1}}));
  EXPECT_EQ(json.at("problem_type"), "single_label_classification");
  EXPECT_EQ(json.at("pad_token_id"), 0);
  EXPECT_EQ(json_of(tiny_head_config(Family::llama, HeadKind::regression, 1)).at("problem_type"),
            "regression");
  EXPECT_FALSE(json_of(tiny_config()).contains("pad_token_id"));
}

// transformers leaves out id2label of two labels without names, and problem_type until a loss was
// computed: one label is then a number.
TEST(HeadConfig, FillsInWhatTransformersLeavesOut) {
  Json json = json_of(tiny_head_config(Family::llama, HeadKind::classification, 2));
  for (const char* key : {"id2label", "label2id", "problem_type", "num_labels"}) json.erase(key);
  EXPECT_THAT(read(json).head.labels, ElementsAre("LABEL_0", "LABEL_1"));
  EXPECT_EQ(read(json).head.kind, HeadKind::classification);
  json["id2label"] = {{"0", "LABEL_0"}};
  EXPECT_EQ(read(json).head.kind, HeadKind::regression);
  json.erase("id2label");
  json["num_labels"] = 3;
  EXPECT_EQ(read(json).head.labels.size(), 3u);
  json["id2label"] = {{"0", "x"}, {"1", 7}, {"2", "y"}};
  EXPECT_THAT(read(json).head.labels, ElementsAre("x", "7", "y"));
}

TEST(HeadConfig, RefusesWhatItCannotHonourAndNamesIt) {
  const Json good = json_of(tiny_head_config(Family::llama, HeadKind::classification, 3));
  const std::tuple<const char*, Json, const char*> changes[] = {
      {"problem_type", "multi_label_classification", "problem_type"},
      {"problem_type", 3, "problem_type"},
      {"num_labels", 4, "'num_labels' is 4, 'id2label' has 3"},
      {"num_labels", "many", "num_labels"},
      {"id2label", Json::array({"a"}), "'id2label' is not an object"},
      {"id2label", {{"0", "a"}, {"2", "b"}, {"3", "c"}}, "'id2label' has 3 labels and none for 1"},
      {"id2label", {{"0", "a"}, {"1", "b"}, {"2", "a"}}, "the label 'a' is there twice"},
      {"pad_token_id", 37, "pad_token_id"},
      {"architectures", Json::array({"LlamaForTokenClassification"}), "architectures"},
      {"architectures", Json::array({"MistralForSequenceClassification"}), "architectures"},
  };
  for (const auto& [key, value, expected] : changes) {
    Json json = good;
    json[key] = value;
    EXPECT_THAT(refusal(json), HasSubstr(expected));
  }
  Json lonely = good;
  lonely.erase("num_labels");
  lonely["id2label"] = {{"0", "a"}};
  EXPECT_THAT(refusal(lonely), HasSubstr("must be between 2 and"));
  lonely["num_labels"] = 1 << 20;
  lonely.erase("id2label");
  EXPECT_THAT(refusal(lonely), HasSubstr("num_labels"));
}

}  // namespace
}  // namespace aiops::train
