// SPDX-License-Identifier: Apache-2.0
#include "train/model/base_model.hpp"

#include "base/error.hpp"
#include "fixture.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BaseModelTest : public TrainFixture {
 protected:
  TrainResult run(const TrainOptions& options) const {
    ThreadPool pool(1);
    SilentStatus status;
    const StopFlag stop;
    return train(options, pool, status, stop);
  }
  TrainOptions from(const fs::path& base, const std::string& out, std::int64_t steps) const {
    const StopFlag stop;
    TrainOptions how;
    how.config = read_config("t.yaml",
                             "data: {path: " + (directory_ / "corpus.txt").string() +
                                 "}\nmodel: {base: " + base.string() +
                                 "}\nbatch: {rows: 2}\nsteps: " + std::to_string(steps) +
                                 "\nout: " + (directory_ / out).string() + "\n",
                             {});
    how.base = BaseModel::open(base.string(), ModelFiles::in_directory(base), "", stop);
    return how;
  }
  std::string refusal(const TrainOptions& options) const {
    try {
      run(options);
    } catch (const Error& error) {
      return error.message;
    }
    return "trained";
  }
};

TEST_F(BaseModelTest, GoesOnFromItsWeightsShapeAndTokens) {
  const auto base = run(options("base", 40));
  const auto tuned = run(from(base.model, "tuned", 1));
  EXPECT_NEAR(tuned.state.loss, base.state.loss, 0.5);  // not the 5.7 of fresh weights
  for (const char* file : {"config.json", "tokenizer.json"})
    EXPECT_EQ(read_file(tuned.model / file), read_file(base.model / file));
  const auto state = read_state(tuned.checkpoint);
  ASSERT_TRUE(state.base);
  EXPECT_EQ(state.base->name, base.model.string());
  EXPECT_THAT(state.base->digest, testing::StartsWith("sha256:"));
  const auto weights = std::ranges::find(state.base->files, "model.safetensors", &DataFile::path);
  ASSERT_NE(weights, state.base->files.end());
  EXPECT_EQ(weights->sha256, base.model_sha256);
}

TEST_F(BaseModelTest, IsTheSameOneWhenTheRunGoesOn) {
  const auto base = run(options("base", 2));
  const auto other = run(options("other", 3));
  run(from(base.model, "parts", 3));
  EXPECT_THAT(refusal(from(other.model, "parts", 6)), HasSubstr("is not the one it began with"));
  fs::rename(base.model, directory_ / "moved");  // a name is not a model
  EXPECT_EQ(run(from(directory_ / "moved", "parts", 6)).state.step, 6);
  auto scratch = options("parts", 6);
  EXPECT_THAT(refusal(scratch), HasSubstr("trained from a base model"));
}

TEST_F(BaseModelTest, RefusesATokenizerThatTheModelDoesNotKnow) {
  const auto base = run(options("base", 1));
  auto larger = options("larger", 1);
  larger.config.vocab_size = 310;
  write("base/model/tokenizer.json", read_file(run(larger).model / "tokenizer.json"));
  EXPECT_THAT(refusal(from(base.model, "tuned", 1)),
              HasSubstr("tokenizer.json: has 310 tokens, the model knows 300"));
}

TEST_F(BaseModelTest, LeavesNoChoiceOfShapeOrTokens) {
  const auto refused = [](const std::string& more) {
    try {
      read_config("t.yaml", "data: {path: x}\nsteps: 1\n" + more, {});
    } catch (const Error& error) {
      return error.message;
    }
    return std::string("read");
  };
  EXPECT_THAT(refused("model: {base: x, layers: 3}"),
              HasSubstr("t.yaml:3:26: 'layers' does not go with 'base'"));
  EXPECT_THAT(refused("model: {base: x}\ntokenizer: {vocab_size: 300}"),
              HasSubstr("'vocab_size' does not go with 'model.base'"));
  EXPECT_EQ(refused("model: {base: x}"), "read");
}

}  // namespace
}  // namespace aiops::train
