// SPDX-License-Identifier: Apache-2.0
#include "train/config/comparison.hpp"

#include "train/config/config.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Kind = ConfigChange::Kind;

OrderedJson config(const std::string& more) {
  return read_config("t.yaml", "data: {path: x}\nsteps: 5\n" + more, {}).to_json();
}

std::vector<std::string> changes(const std::string& then, const std::string& now) {
  std::vector<std::string> texts;
  for (const ConfigChange& change : compare_configurations(config(then), config(now)))
    texts.push_back(change.what);
  return texts;
}

TEST(Comparison, FindsNothingInTheSame) {
  const std::string adapters = "model: {base: b}\nlora: {targets: [q_proj, v_proj]}\n";
  EXPECT_THAT(changes(adapters, adapters), IsEmpty());
  EXPECT_THAT(changes("", "eval: {every: 3, patience: 2}\ncheckpoint: {every: 9}\n"), IsEmpty());
}

TEST(Comparison, SeesAKeyThatOnlyOneSideHas) {
  const std::string skips = "optimiser: {skip_above: 6}\n";
  EXPECT_THAT(changes("", skips), ElementsAre("optimiser.skip_above was not set and is now 6.0"));
  EXPECT_THAT(changes(skips, ""), ElementsAre("optimiser.skip_above was 6.0 and is now not set"));
  EXPECT_THAT(changes("schedule: {decay: wsd}\n", ""),
              ElementsAre("schedule.decay was \"wsd\" and is now \"cosine\"",
                          "schedule.decay_share was 0.2 and is now not set"));
}

TEST(Comparison, SeesAListThatGrows) {
  const auto with = [](const std::string& targets) {
    return "model: {base: b}\nlora: {targets: [" + targets + "]}\n";
  };
  EXPECT_THAT(changes(with("q_proj"), with("q_proj, v_proj")),
              ElementsAre("lora.targets was [\"q_proj\"] and is now [\"q_proj\",\"v_proj\"]"));
  EXPECT_THAT(changes(with(""), with("q_proj")),
              ElementsAre("lora.targets was [] and is now [\"q_proj\"]"));
}

TEST(Comparison, TellsWhatMakesAnotherRunFirst) {
  const auto found = compare_configurations(config("optimiser: {lr: 0.1}\n"),
                                            config("optimiser: {name: sgd}\nseed: 2\n"));
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].what, "optimiser.name was \"adamw\" and is now \"sgd\"");
  EXPECT_EQ(found[0].kind, Kind::another_run);
  EXPECT_EQ(found[1].key, "seed");
}

TEST(Comparison, CallsTheSameRowsOfAStepRounding) {
  const auto found = compare_configurations(config("batch: {rows: 4}\n"),
                                            config("batch: {rows: 2, accumulate: 2}\n"));
  ASSERT_EQ(found.size(), 2u);
  for (const ConfigChange& change : found) EXPECT_EQ(change.kind, Kind::rounding) << change.what;
  EXPECT_EQ(compare_configurations(config("batch: {rows: 4}\n"), config("batch: {rows: 2}\n"))
                .front()
                .kind,
            Kind::another_run);
}

TEST(Comparison, TellsWhereGradientsAreAdded) {
  const auto found = compare_configurations(config(""), config("all_reduce: host\n"));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].what, "all_reduce was \"auto\" and is now \"host\"");
  EXPECT_EQ(found[0].kind, Kind::steering);
}

// Of a checkpoint that was written before there were adapters, ranks or other optimisers.
TEST(Comparison, KnowsWhatOlderCheckpointsDoNotSay) {
  OrderedJson older = config("");
  for (const char* section : {"lora", "task", "chat", "precision"}) older.erase(section);
  older["batch"].erase("ranks");
  older["optimiser"].erase("name");
  EXPECT_THAT(compare_configurations(older, config("")), IsEmpty());
  EXPECT_EQ(compare_configurations(older, config("precision: bf16\n")).size(), 1u);
}

}  // namespace
}  // namespace aiops::train
