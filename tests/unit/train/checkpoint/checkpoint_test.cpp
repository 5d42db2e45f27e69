// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/checkpoint.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "pack/safetensors.hpp"
#include "train/checkpoint/run_directory.hpp"
#include "train/checkpoint/shards.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <map>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// Tensors of two layers of 3 · 16 bytes, an embedding before and a norm behind them.
struct Layers {
  std::vector<float> values = std::vector<float>(16);
  std::vector<NamedTensor> tensors;
  Layers() {
    for (const char* name :
         {"embed.weight", "h.0.a", "h.0.b", "h.0.c", "h.1.a", "h.1.b", "h.1.c", "norm.weight"})
      tensors.push_back({name, {4}, std::span(values).subspan(4 * (tensors.size() % 4), 4)});
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  }
};

std::vector<std::string> names_of(const Shard& shard) {
  std::vector<std::string> names;
  for (const NamedTensor& tensor : shard.tensors) names.push_back(tensor.name);
  return names;
}

TEST(Shards, WhatFitsStaysOneFile) {
  const Layers layers;
  const auto shards = cut_shards(layers.tensors, 8 * 16, "model");
  ASSERT_EQ(shards.size(), 1u);
  EXPECT_EQ(shards[0].file, "model.safetensors");
  EXPECT_EQ(shards[0].tensors.size(), layers.tensors.size());
}

TEST(Shards, AreCutBetweenLayers) {
  const Layers layers;
  const auto shards = cut_shards(layers.tensors, 5 * 16, "model");
  ASSERT_EQ(shards.size(), 2u);
  EXPECT_EQ(shards[1].file, "model-00002-of-00002.safetensors");
  EXPECT_THAT(names_of(shards[0]), ElementsAre("embed.weight", "h.0.a", "h.0.b", "h.0.c"));
  EXPECT_THAT(names_of(shards[1]), ElementsAre("h.1.a", "h.1.b", "h.1.c", "norm.weight"));
  const Json index = Json::parse(shard_index(shards));
  EXPECT_EQ(index["metadata"]["total_size"], 8 * 16);
  EXPECT_EQ(index["weight_map"]["h.1.b"], shards[1].file);
  EXPECT_EQ(index["weight_map"].size(), 8u);
}

TEST(Shards, ALayerThatIsTooLargeIsCutButNoTensorIs) {
  const Layers layers;
  const auto shards = cut_shards(layers.tensors, 2 * 16, "model");
  ASSERT_EQ(shards.size(), 4u);
  EXPECT_THAT(names_of(shards[0]), ElementsAre("embed.weight", "h.0.a"));
  EXPECT_EQ(cut_shards(layers.tensors, 1, "model").size(), 8u);
}

TEST(CheckpointManifest, IsReadBackAndRefusesWhatLeads) {
  const CheckpointManifest manifest{{{"a", 1, sha256_of("x")}, {"training/b", 0, sha256_of("")}}};
  const auto again = CheckpointManifest::parse(manifest.to_text(), "m");
  ASSERT_EQ(again.files.size(), 2u);
  EXPECT_EQ(again.find("training/b")->sha256, sha256_of(""));
  EXPECT_EQ(again.find("b"), nullptr);
  EXPECT_EQ(again.bytes(), 1u);
  const auto refused = [](std::string from, std::string to) {
    std::string text = R"({"files":[{"path":"a","bytes":1,"sha256":")" + std::string(64, '0') +
                       R"("},{"path":"b","bytes":1,"sha256":")" + std::string(64, '1') + R"("}]})";
    text.replace(text.find(from), from.size(), to);
    EXPECT_THROW(CheckpointManifest::parse(text, "m"), Error) << to;
  };
  refused("\"b\"", "\"a\"");
  refused("\"b\"", "\"../b\"");
  refused("\"b\"", "\"/b\"");
  refused(":1,", ":-1,");
  refused("000", "00g");
  refused("files", "file");
}

// Every tensor below a directory, by name, as bytes.
std::map<std::string, std::string> read_tensors(const fs::path& directory) {
  std::map<std::string, std::string> tensors;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".safetensors") continue;
    const auto header = pack::read_safetensors_header(entry.path());
    const std::string bytes = read_file(entry.path());
    for (const auto& tensor : header.tensors)
      tensors[tensor.name] =
          bytes.substr(header.data_start + tensor.begin, tensor.end - tensor.begin);
  }
  return tensors;
}

class CheckpointTest : public TrainFixture {
 protected:
  TrainResult run(const TrainOptions& options) const {
    ThreadPool pool(1);
    SilentStatus status;
    const StopFlag stop;
    return train(options, pool, status, stop);
  }
  std::vector<std::string> steps(const char* out) const {
    std::vector<std::string> names;
    for (const auto& checkpoint : checkpoints_of(directory_ / out))
      names.push_back(checkpoint.path.filename());
    return names;
  }
};

TEST_F(CheckpointTest, ShardsAreLoadedToTheSameBits) {
  auto small = options("small", 6);
  small.config.checkpoint_shard = 20000;
  small.config.checkpoint_every = 2;
  const auto whole = run(options("whole", 6));
  const auto cut = run(small);
  EXPECT_TRUE(fs::exists(cut.model / "model.safetensors.index.json"));
  EXPECT_FALSE(fs::exists(cut.model / "model.safetensors"));
  EXPECT_TRUE(fs::exists(cut.checkpoint / "training/optimizer.safetensors.index.json"));
  for (const auto& entry : fs::directory_iterator(cut.model))
    EXPECT_LT(entry.file_size(), 40000u) << entry.path();
  fs::remove_all(cut.checkpoint);  // and once more from step 4
  EXPECT_EQ(run(small).model_sha256, cut.model_sha256);
  EXPECT_EQ(read_tensors(cut.model), read_tensors(whole.model));
}

TEST_F(CheckpointTest, TheManifestHasTheDigestsOfTheFiles) {
  const auto result = run(options("run", 2));
  const auto manifest = read_manifest(result.checkpoint);
  EXPECT_EQ(manifest.find("model.safetensors")->sha256.hex(), result.model_sha256);
  for (const auto& file : manifest.files) {
    EXPECT_EQ(file_sha256(result.checkpoint / file.path), file.sha256.hex()) << file.path;
    EXPECT_EQ(fs::file_size(result.checkpoint / file.path), file.bytes) << file.path;
  }
}

TEST_F(CheckpointTest, AChangedFileIsNoticed) {
  const auto result = run(options("run", 3));
  EXPECT_NO_THROW(verify_checkpoint(result.checkpoint));
  write_file_atomically(result.checkpoint / "config.json", "{}");
  EXPECT_THROW(verify_checkpoint(result.checkpoint, Depth::sizes), Error);
}

TEST_F(CheckpointTest, WritingBesideTheTrainingChangesNoBit) {
  auto beside = options("beside", 4);
  auto between = options("between", 4);
  beside.config.checkpoint_every = between.config.checkpoint_every = 1;
  beside.config.checkpoint_keep = between.config.checkpoint_keep = 4;
  between.config.checkpoint_background = false;
  run(beside);
  run(between);
  EXPECT_EQ(steps("beside").size(), 4u);
  for (const std::string& step : steps("beside"))
    for (const char* file : {"model.safetensors", "training/optimizer.safetensors"})
      EXPECT_EQ(file_sha256(directory_ / "beside" / step / file),
                file_sha256(directory_ / "between" / step / file))
          << step;
}

TEST_F(CheckpointTest, MilestonesStay) {
  auto with = options("run", 7);
  with.config.checkpoint_every = 1;
  with.config.checkpoint_keep = 2;
  with.config.checkpoint_milestones = 4;
  run(with);
  EXPECT_THAT(steps("run"), ElementsAre("step-7", "step-6", "step-4"));
}

TEST_F(CheckpointTest, WhatLatestAndBestNameStays) {
  for (int step = 1; step <= 6; ++step) make_directories(directory_ / "run" / step_name(step));
  link_checkpoint(directory_ / "run", kBest, "step-2");
  link_checkpoint(directory_ / "run", kLatest, "step-3");  // of a run that went back
  prune_checkpoints(directory_ / "run", {.newest = 1});
  EXPECT_THAT(steps("run"), ElementsAre("step-6", "step-3", "step-2"));
  EXPECT_EQ(linked_checkpoint(directory_ / "run", kBest), "step-2");
  EXPECT_EQ(linked_checkpoint(directory_ / "run", "other"), "");
}

// Counts warnings.
class Warned final : public Status {
 public:
  void step(std::string_view) override {}
  void detail(std::string_view) override {}
  void debug(std::string_view) override {}
  void warn(std::string_view what) override { warnings.emplace_back(what); }
  void begin(std::string_view, std::uint64_t, Unit) override {}
  void advance(std::uint64_t) override {}
  void note(std::string_view) override {}
  void end() override {}
  std::vector<std::string> warnings;
};

TEST_F(CheckpointTest, WhatFailsBesideTheTrainingIsSaidAndTheRunGoesOn) {
  auto failing = options("run", 6);
  failing.config.checkpoint_every = 2;
  write("run/latest/file", "a directory in the place of the link");
  ThreadPool pool(1);
  Warned status;
  const StopFlag stop;
  try {
    train(failing, pool, status, stop);
    FAIL() << "the last checkpoint was not needed";
  } catch (const Error& error) {
    EXPECT_THAT(error.message, HasSubstr("run/latest"));
  }
  EXPECT_THAT(status.warnings, ElementsAre(HasSubstr("no checkpoint at step 2"),
                                           HasSubstr("no checkpoint at step 4")));
}

}  // namespace
}  // namespace aiops::train
