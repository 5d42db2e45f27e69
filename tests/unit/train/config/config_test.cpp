// SPDX-License-Identifier: Apache-2.0
#include "train/config/config.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

using testing::HasSubstr;

constexpr const char* kLeast = "data: {path: a.txt}\nsteps: 1000\n";

std::string complaint(const std::string& text, const Overrides& overrides = {}) {
  try {
    read_config("t.yaml", text, overrides);
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::usage);
    return error.message;
  }
  return "no complaint";
}

TEST(Config, NeedsDataAndAnExtentOnly) {
  const auto config = read_config("t.yaml", kLeast, {});
  EXPECT_EQ(config.data.paths.size(), 1u);
  EXPECT_EQ(config.model.hidden_size, 256);
  EXPECT_EQ(config.model.intermediate_size, 672);  // 8/3 of 256, to a multiple of 32
  EXPECT_EQ(config.model.num_key_value_heads, 4);
  EXPECT_EQ(config.length, 256);
  EXPECT_EQ(config.warmup_steps(), 100);
  EXPECT_EQ(config.tokens_per_step(), 8 * 256);
}

TEST(Config, ReadsFamiliesAndTheirShapes) {
  const auto gpt2 = read_config("t.yaml", kLeast, {{"model.family", "gpt2"}});
  EXPECT_EQ(gpt2.model.family, Family::gpt2);
  EXPECT_EQ(gpt2.model.intermediate_size, 1024);  // four times 256
  EXPECT_EQ(gpt2.to_json()["model"]["family"], "gpt2");
  const auto qwen = read_config(
      "t.yaml", kLeast,
      {{"model.family", "qwen3"}, {"model.head_dim", "80"}, {"model.rope_theta", "1e6"}});
  EXPECT_EQ(qwen.model.head_dim, 80);
  EXPECT_EQ(qwen.to_json()["model"]["rope_theta"], 1e6);
}

TEST(Config, RefusesShapesThatAFamilyHasNot) {
  EXPECT_THAT(complaint(kLeast, {{"model.family", "bert"}}),
              HasSubstr("'family' is 'bert', only these are supported: llama, mistral"));
  for (const char* key : {"kv_heads", "head_dim", "rope_theta"})
    EXPECT_THAT(complaint(kLeast, {{"model.family", "gpt2"}, {std::string("model.") + key, "2"}}),
                HasSubstr(std::string("'") + key + "' does not go with family gpt2"));
  EXPECT_THAT(complaint(kLeast, {{"model.head_dim", "7"}}), HasSubstr("must be even"));
}

TEST(Config, ReadsTasksWithLabels) {
  const auto config =
      read_config("t.yaml", std::string(kLeast) + "task: regression\nlabels: [x, y]\n",
                  {{"data.label", "a,b"}, {"data.too_long", "skip"}});
  EXPECT_EQ(config.task, TaskKind::regression);
  EXPECT_EQ(config.packing, Packing::documents);
  EXPECT_EQ(config.data.labels, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(config.labels.too_long, TooLong::skip);
  EXPECT_EQ(config.to_json()["labels"], (OrderedJson{"x", "y"}));
  EXPECT_EQ(config.to_json()["data"]["label"], (OrderedJson{"a", "b"}));
  const auto plain = read_config("t.yaml", kLeast, {});
  EXPECT_FALSE(plain.to_json().contains("labels"));
  EXPECT_FALSE(plain.to_json()["data"].contains("label"));
}

TEST(Config, RefusesKeysOfOtherTasks) {
  const std::string labels = std::string(kLeast) + "task: classification\n";
  EXPECT_THAT(complaint(kLeast, {{"task", "sorting"}}),
              HasSubstr("'task' must be language, chat, classification or regression"));
  EXPECT_THAT(complaint(kLeast, {{"labels", "a,b"}}), HasSubstr("'labels' goes with"));
  EXPECT_THAT(complaint(kLeast, {{"data.label", "a"}}), HasSubstr("'label' goes with"));
  EXPECT_THAT(complaint(labels, {{"data.packing", "stream"}}),
              HasSubstr("'packing' does not go with 'task: classification'"));
  EXPECT_THAT(complaint(labels, {{"chat.learn", "all"}}), HasSubstr("'chat' goes with"));
  EXPECT_THAT(complaint(labels, {{"eval.samples.every", "3"}}),
              HasSubstr("'samples' does not go with 'task: classification'"));
  EXPECT_THAT(complaint(labels, {{"data.label", "a,b"}}), HasSubstr("'label' is one member"));
  EXPECT_THAT(complaint(labels, {{"labels", "a"}}), HasSubstr("must be between 2 and"));
  EXPECT_THAT(complaint(labels, {{"labels", "a,b,a"}}), HasSubstr("the label 'a' is there twice"));
  EXPECT_THAT(complaint(labels, {{"data.too_long", "part"}}),
              HasSubstr("'too_long' must be skip or cut"));
}

TEST(Config, WarmsUpForATenthOfShortRuns) {
  EXPECT_EQ(read_config("t.yaml", kLeast, {{"steps", "50"}}).warmup_steps(), 5);
  EXPECT_EQ(read_config("t.yaml", kLeast, {{"schedule.warmup", "7"}}).warmup_steps(), 7);
}

TEST(Config, ReadsBetasAsAListOrAWord) {
  const auto list =
      read_config("t.yaml", std::string(kLeast) + "optimiser: {betas: [0.8, 0.9]}", {});
  EXPECT_DOUBLE_EQ(list.optimiser.beta1, 0.8);
  const auto word = read_config("t.yaml", kLeast, {{"optimiser.betas", "0.7,0.99"}});
  EXPECT_DOUBLE_EQ(word.optimiser.beta1, 0.7);
  EXPECT_DOUBLE_EQ(word.optimiser.beta2, 0.99);
  EXPECT_THAT(complaint(kLeast, {{"optimiser.betas", "0.9"}}), HasSubstr("two numbers"));
  EXPECT_THAT(complaint(kLeast, {{"optimiser.betas", "0.9,1"}}), HasSubstr("two numbers"));
}

TEST(Config, KnowsWhichKeysGoWithWhichOptimiser) {
  const auto muon = read_config("t.yaml", kLeast, {{"optimiser.name", "muon"}});
  EXPECT_DOUBLE_EQ(muon.optimiser.momentum, 0.95);
  EXPECT_EQ(muon.to_json()["optimiser"]["matrix_lr"], 0.02);
  const auto sgd = read_config("t.yaml", kLeast, {{"optimiser.name", "sgd"}});
  EXPECT_DOUBLE_EQ(sgd.optimiser.learning_rate, 0.1);
  EXPECT_FALSE(sgd.to_json()["optimiser"].contains("betas"));
  EXPECT_THAT(complaint(kLeast, {{"optimiser.name", "adam"}}),
              HasSubstr("'name' is 'adam', not adamw, muon or sgd"));
  EXPECT_THAT(complaint(kLeast, {{"optimiser.momentum", "0.5"}}),
              HasSubstr("'momentum' does not go with adamw"));
  EXPECT_THAT(complaint(kLeast, {{"optimiser.name", "sgd"}, {"optimiser.betas", "0.9,0.99"}}),
              HasSubstr("'betas' does not go with sgd"));
  EXPECT_THAT(complaint(kLeast, {{"schedule.decay_share", "0.1"}}), HasSubstr("wsd only"));
  const auto wsd = read_config("t.yaml", kLeast, {{"schedule.decay", "wsd"}});
  EXPECT_DOUBLE_EQ(wsd.schedule().at(800), 1e-3);
  EXPECT_DOUBLE_EQ(wsd.schedule().at(1000), 1e-4);
}

TEST(Config, RefusesWhatDoesNotFitTogether) {
  EXPECT_THAT(complaint("steps: 1"), HasSubstr("'data.path' is needed"));
  EXPECT_THAT(complaint("data: {path: a}"),
              HasSubstr("'steps', 'epochs', 'tokens' or 'minutes' is needed"));
  EXPECT_THAT(complaint(kLeast, {{"minutes", "1"}}), HasSubstr("does not go with 'steps'"));
  EXPECT_THAT(complaint(kLeast, {{"model.heads", "3"}}), HasSubstr("must divide hidden_size"));
  EXPECT_THAT(complaint(kLeast, {{"model.kv_heads", "3"}}), HasSubstr("must divide heads"));
  EXPECT_THAT(complaint(kLeast, {{"model.hidden_size", "12"}}), HasSubstr("must be even"));
  EXPECT_THAT(complaint(kLeast, {{"batch.length", "512"}}), HasSubstr("exceed model.context"));
  EXPECT_THAT(complaint(kLeast, {{"tokenizer.file", "t"}, {"tokenizer.vocab_size", "300"}}),
              HasSubstr("does not go with 'file'"));
}

// The table of keys feeds the help and the manual: it must be the keys that are read.
TEST(Config, ReadsWhereGradientsAreAdded) {
  const auto plain = read_config("t.yaml", kLeast, {});
  EXPECT_EQ(plain.all_reduce, AllReduce::automatic);
  EXPECT_FALSE(plain.to_json().contains("all_reduce"));
  EXPECT_EQ(read_config("t.yaml", kLeast, {{"all_reduce", "nccl"}}).all_reduce, AllReduce::nccl);
  EXPECT_EQ(read_config("t.yaml", kLeast, {{"all_reduce", "auto"}}).all_reduce,
            AllReduce::automatic);
  const auto host = read_config("t.yaml", kLeast, {{"all_reduce", "host"}});
  EXPECT_EQ(host.to_json()["all_reduce"], "host");
  EXPECT_THAT(complaint(kLeast, {{"all_reduce", "mpi"}}),
              HasSubstr("'all_reduce' is 'mpi', not auto, nccl or host"));
}

TEST(Config, KnowsEveryKeyOfItsTable) {
  for (const ConfigKey& key : config_keys()) {
    const std::string name(key.name);
    if (name == "tokenizer.file" || name == "minutes") continue;  // exclude their neighbours
    const std::string message = complaint(kLeast, {{name, "1"}});
    EXPECT_THAT(message, testing::Not(HasSubstr("unknown key"))) << name;
  }
  EXPECT_THAT(complaint(kLeast, {{"model.depth", "1"}}), HasSubstr("unknown key 'depth'"));
}

}  // namespace
}  // namespace aiops::train
