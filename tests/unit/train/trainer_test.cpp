// SPDX-License-Identifier: Apache-2.0
#include "train/trainer.hpp"

#include "base/error.hpp"
#include "fixture.hpp"
#include "stop_after.hpp"
#include "train/plan.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class TrainerTest : public TrainFixture {
 protected:
  TrainResult run(const TrainOptions& options, std::size_t threads = 1) const {
    ThreadPool pool(threads);
    SilentStatus status;
    const StopFlag stop;
    return train(options, pool, status, stop);
  }
  // Runs until `steps` more steps are done, then stops; returns the error.
  Error run_and_stop(const TrainOptions& options, std::uint64_t steps) const {
    ThreadPool pool(1);
    StopFlag stop;
    StopAfter status(stop, steps);
    try {
      train(options, pool, status, stop);
    } catch (const Error& error) {
      return error;
    }
    return Error(ExitCode::ok, "ran to the end");
  }
  std::string sha(const fs::path& checkpoint, const char* file) const {
    return file_sha256(checkpoint / file);
  }
};

TEST_F(TrainerTest, LearnsAndWritesWhatItSays) {
  const auto result = run(options("run", 30));
  EXPECT_EQ(result.state.step, 30);
  EXPECT_EQ(result.state.tokens, 30u * 2 * 2 * 16);
  EXPECT_LT(result.state.loss, 5.0);  // ln 300 = 5.7 at the start
  EXPECT_TRUE(result.state.validation_loss.has_value());
  EXPECT_NO_THROW(verify_checkpoint(result.checkpoint));
  EXPECT_EQ(fs::read_symlink(directory_ / "run/latest"), "step-30");
  for (const char* file : {"config.json", "tokenizer.json", "tokenizer_config.json", "README.md",
                           "generation_config.json", "model.safetensors"})
    EXPECT_TRUE(fs::exists(result.model / file)) << file;
  EXPECT_FALSE(fs::exists(result.model / "training"));
  EXPECT_TRUE(fs::exists(directory_ / "run/step-27"));
  EXPECT_FALSE(fs::exists(directory_ / "run/step-24"));  // keep: 2
  const std::string metrics = read_file(directory_ / "run/metrics.jsonl");
  EXPECT_EQ(std::ranges::count(metrics, '\n'), 30 + 8);  // steps, and validation every 4 and last
}

TEST_F(TrainerTest, GivesTheSameBitsForAnyNumberOfThreads) {
  const auto one = run(options("one", 5), 1);
  const auto two = run(options("two", 5), 2);
  EXPECT_EQ(one.model_sha256, two.model_sha256);
  EXPECT_EQ(sha(one.checkpoint, "training/optimizer.safetensors"),
            sha(two.checkpoint, "training/optimizer.safetensors"));
}

class Resumed : public TrainerTest, public testing::WithParamInterface<std::size_t> {};

TEST_P(Resumed, EqualsTheUninterruptedRunBitForBit) {
  const std::size_t threads = GetParam();
  const auto whole = run(options("whole", 10), threads);
  const Error stopped = run_and_stop(options("parts", 10), 4);
  EXPECT_EQ(stopped.code, ExitCode::stopped) << stopped.message;
  EXPECT_THAT(stopped.message, HasSubstr("stopped after step 4 of 10"));
  EXPECT_EQ(run_and_stop(options("parts", 10), 1).code, ExitCode::stopped);
  const auto resumed = run(options("parts", 10), threads);
  EXPECT_EQ(resumed.model_sha256, whole.model_sha256);
  EXPECT_EQ(sha(resumed.checkpoint, "training/optimizer.safetensors"),
            sha(whole.checkpoint, "training/optimizer.safetensors"));
  EXPECT_EQ(resumed.state.loss, whole.state.loss);
  EXPECT_EQ(resumed.state.validation_loss, whole.state.validation_loss);
}

INSTANTIATE_TEST_SUITE_P(Threads, Resumed, testing::Values(1, 2));

TEST_F(TrainerTest, KnowsAFinishedRun) {
  const auto first = run(options("run", 4));
  const auto again = run(options("run", 4));
  EXPECT_EQ(again.model_sha256, first.model_sha256);
  EXPECT_EQ(again.state.step, 4);
}

TEST_F(TrainerTest, PassesOverADamagedCheckpoint) {
  const auto whole = run(options("whole", 8));
  run_and_stop(options("run", 8), 5);  // step-3 and step-5
  const fs::path weights = directory_ / "run/step-5/model.safetensors";
  std::string bytes = read_file(weights);
  bytes.back() ^= 1;
  write_file_atomically(weights, bytes);
  fs::create_directory(directory_ / "run/step-7");  // torn
  EXPECT_EQ(run(options("run", 8)).model_sha256, whole.model_sha256);
}

TEST_F(TrainerTest, RefusesToGoOnAsAnotherRun) {
  run_and_stop(options("run", 8), 2);
  auto changed = options("run", 8);
  changed.config.model.num_hidden_layers = 1;
  try {
    run(changed);
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::usage);
    EXPECT_THAT(error.message, HasSubstr("model.layers was 2 and is now 1"));
  }
  const auto refusal = [&](const TrainOptions& options) {
    try {
      run(options);
    } catch (const Error& error) {
      return error.message;
    }
    return std::string("went on");
  };
  auto other_tokens = options("run", 8);
  other_tokens.config.tokenizer_file = write("none.json", "{}");
  EXPECT_THAT(refusal(other_tokens), HasSubstr("none.json"));
  auto larger = options("larger", 1);
  larger.config.vocab_size = 310;
  other_tokens.config.tokenizer_file = run(larger).model / "tokenizer.json";
  EXPECT_THAT(refusal(other_tokens), HasSubstr("is not the tokenizer of this run"));
  other_tokens.config.tokenizer_file = directory_ / "run/step-2/tokenizer.json";
  EXPECT_EQ(refusal(other_tokens), "went on");
  EXPECT_THAT(refusal(options("run", 8)), HasSubstr("tokenizer.file was"));
  auto other_end = other_tokens;
  other_end.config.end_token = "<end>";
  EXPECT_THAT(refusal(other_end), HasSubstr("tokenizer.end was"));
  write("corpus.txt", "other text altogether, " + std::string(4000, 'x'));
  try {
    run(options("run", 8));
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_THAT(error.message, HasSubstr("the data has changed"));
  }
}

TEST_F(TrainerTest, RefusesToStartOverAnEarlierRun) {
  run(options("run", 2));
  auto fresh = options("run", 2);
  fresh.resume = Resume::never;
  EXPECT_THROW(run(fresh), Error);
  fresh.config.out = directory_ / "elsewhere";
  EXPECT_NO_THROW(run(fresh));
}

TEST_F(TrainerTest, StopsWhenTheLossIsNoNumber) {
  auto wild = options("run", 50);
  wild.config.optimiser.learning_rate = 1e30;
  wild.config.clip = 0;
  try {
    run(wild);
    FAIL() << "trained on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    EXPECT_THAT(error.message, HasSubstr("is not a number; no checkpoint was written"));
    EXPECT_THAT(error.mend, HasSubstr("optimiser.lr="));
    EXPECT_THAT(error.mend, Not(HasSubstr("go on from")));  // there is nothing to go on from
  }
}

TEST_F(TrainerTest, NamesTheCheckpointToGoOnFromWhenTheLossIsNoNumber) {
  run_and_stop(options("run", 9), 3);
  auto wild = options("run", 9);
  wild.config.optimiser.learning_rate = 1e30;
  wild.config.clip = 0;
  const Error error = run_and_stop(wild, 9);
  EXPECT_THAT(error.message, HasSubstr("is not a number; no checkpoint was written"));
  EXPECT_THAT(error.mend, HasSubstr("optimiser.lr="));
  EXPECT_THAT(error.mend, HasSubstr("and go on from " + (directory_ / "run/step-3").string()));
}

TEST_F(TrainerTest, AccumulationIsOneBigBatch) {
  auto whole = options("whole", 3);
  whole.config.rows = 4;
  whole.config.accumulate = 1;
  auto parts = options("parts", 3);
  parts.config.rows = 1;
  parts.config.accumulate = 4;
  EXPECT_NEAR(run(whole).state.loss, run(parts).state.loss, 1e-5);
}

TEST_F(TrainerTest, DropsMetricsAheadOfTheCheckpoint) {
  run_and_stop(options("run", 8), 5);
  fs::remove_all(directory_ / "run/step-5");  // as if killed after step 5, with step-3 on disk
  run(options("run", 8));
  const std::string metrics = read_file(directory_ / "run/metrics.jsonl");
  std::vector<std::int64_t> steps;
  for (std::size_t at = 0, end; (end = metrics.find('\n', at)) != std::string::npos; at = end + 1) {
    const Json line = Json::parse(metrics.substr(at, end - at));
    if (line.contains("loss")) steps.push_back(line["step"]);
  }
  EXPECT_THAT(steps, testing::ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST_F(TrainerTest, PlansWithoutTraining) {
  ThreadPool pool(1);
  SilentStatus status;
  const StopFlag stop;
  const auto plan = plan_training(options("run", 7), pool, status, stop);
  EXPECT_EQ(plan.steps, 7);
  EXPECT_EQ(plan.memory.parameters, plan.parameters * 4);
  EXPECT_GT(plan.memory.activations, 0u);
  EXPECT_GT(plan.step_seconds, 0);
  EXPECT_FALSE(fs::exists(directory_ / "run/metrics.jsonl"));
  // The calibration leaves no trace: minutes and steps train the same.
  auto timed = options("timed", 3);
  Trainer trainer(prepare(timed, pool, status, stop), pool, status, stop);
  trainer.calibrate();
  const auto calibrated = trainer.run();
  EXPECT_EQ(calibrated.model_sha256, run(options("plain", 3)).model_sha256);
}

}  // namespace
}  // namespace aiops::train
