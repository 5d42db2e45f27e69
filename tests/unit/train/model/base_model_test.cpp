// SPDX-License-Identifier: Apache-2.0
#include "train/model/base_model.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "stop_after.hpp"
#include "train/checkpoint/tensor_comparison.hpp"

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
    how.base = BaseModel{BaseFiles::open(base.string(), ModelFiles::in_directory(base), "", stop)};
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
  EXPECT_THAT(refusal(scratch), HasSubstr("it began with a model.base"));
}

// A base, and runs of adapters over it.
class AdapterRun : public BaseModelTest {
 protected:
  AdapterRun() : base(run(options("base", 12)).model) {}

  TrainOptions adapting(const std::string& out, const std::string& more) const {
    TrainOptions how = from(base, out, 6);
    how.config =
        read_config("t.yaml",
                    "data: {path: " + (directory_ / "corpus.txt").string() +
                        "}\nsteps: 6\noptimiser: {lr: 0.05}\nout: " + (directory_ / out).string() +
                        "\n" + more + "\n",
                    {});
    if (const std::string& adapter = how.config.adapter; !adapter.empty())
      how.base->adapter =
          BaseFiles::open(adapter, ModelFiles::in_directory(adapter), "", StopFlag());
    return how;
  }
  std::string over(const std::string& more = "") const {
    return "model: {base: " + base.string() + more + "}\nbatch: {rows: 2, accumulate: 2}\n";
  }
  fs::path base;
};

TEST_F(AdapterRun, DropsTheSameWhenItGoesOn) {
  const std::string drops = over() + "lora: {rank: 2, dropout: 0.2}";
  const auto whole = run(adapting("whole", drops));
  StopFlag stop;
  StopAfter status(stop, 3);
  ThreadPool threads(3);
  EXPECT_THROW(train(adapting("parts", drops), threads, status, stop), Error);
  const auto parts = run(adapting("parts", drops));
  EXPECT_EQ(parts.model_sha256, whole.model_sha256);
  EXPECT_EQ(parts.state.restarts, 1);
  EXPECT_NE(run(adapting("none", over() + "lora: {rank: 2}")).model_sha256, whole.model_sha256);
  const auto wide = run(adapting("wide", "model: {base: " + base.string() +
                                             "}\nbatch: {rows: 4}\nlora: {rank: 2, dropout: 0.2}"));
  EXPECT_NEAR(wide.state.loss, whole.state.loss, 1e-5);  // rows drop by their numbers
}

TEST_F(AdapterRun, GoesOnFromAdapters) {
  const auto first = run(adapting("first", over() + "lora: {rank: 2, alpha: 3, dropout: 0.5}"));
  const std::string more = over(", adapter: " + first.model.string());
  auto little = adapting("more", more + "lora: {dropout: 0}");
  little.config.steps = 1;
  little.config.optimiser.learning_rate = 1e-12;
  const auto second = run(little);
  for (const TensorDifference& tensor :
       compare_tensors(ModelFiles::in_directory(first.model),
                       ModelFiles::in_directory(second.model), StopFlag()))
    EXPECT_LT(tensor.max_absolute, 1e-9) << tensor.name;
  const auto config = read_file(second.model / "adapter_config.json");
  for (const char* kept : {R"("r": 2)", R"("lora_alpha": 3.0)", R"("lora_dropout": 0.0)"})
    EXPECT_THAT(config, HasSubstr(kept));
  const auto state = read_state(second.checkpoint);
  ASSERT_TRUE(state.adapter);
  EXPECT_EQ(state.adapter->name, first.model.string());
  EXPECT_THAT(refusal(adapting("more", over() + "lora: {rank: 2, alpha: 3, dropout: 0}")),
              HasSubstr("it began with a model.adapter"));
  const auto other = run(adapting("other", over() + "lora: {rank: 2, alpha: 3}"));
  EXPECT_THAT(
      refusal(adapting("more", over(", adapter: " + other.model.string()) + "lora: {dropout: 0}")),
      HasSubstr("the model.adapter " + other.model.string() + " is not the one"));
  // Unless it is said, they drop as they did.
  EXPECT_THAT(read_file(run(adapting("same", more)).model / "adapter_config.json"),
              HasSubstr(R"("lora_dropout": 0.5)"));
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
  EXPECT_EQ(refused("model: {base: x, adapter: y}\nlora: {dropout: 0.1, merge: true}"), "read");
  EXPECT_THAT(refused("model: {adapter: y}"), HasSubstr("'adapter' needs a 'base'"));
  EXPECT_THAT(refused("model: {base: x, adapter: y}\nlora: {rank: 4}"),
              HasSubstr("t.yaml:4:14: 'rank' does not go with 'model.adapter'"));
}

}  // namespace
}  // namespace aiops::train
