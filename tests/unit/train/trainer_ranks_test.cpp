// SPDX-License-Identifier: Apache-2.0
// Trainings by several ranks, each a thread with memory and threads of its own.
#include "base/error.hpp"
#include "fixture.hpp"
#include "stop_after.hpp"
#include "train/ranks/crew.hpp"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <functional>
#include <thread>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RanksTest : public TrainFixture {
 protected:
  struct End {
    TrainResult result;
    Error error{ExitCode::ok, ""};
  };

  // Everything that a run of `ranks` ranks comes to; `of` gives the options of a rank. The last
  // rank alone is asked to stop after `steps`, unless that is 0.
  std::vector<End> run(int ranks, const std::function<TrainOptions(int)>& of,
                       std::uint64_t steps = 0) const {
    const auto region = std::make_shared<SharedRegion>(ranks);
    std::vector<End> ends(static_cast<std::size_t>(ranks));
    std::vector<std::thread> threads;
    for (int rank = 0; rank < ranks; ++rank)
      threads.emplace_back([&, rank] {
        End& end = ends[static_cast<std::size_t>(rank)];
        try {
          Crew crew(region, rank);
          ThreadPool pool(1);
          StopFlag stop;
          StopAfter status(stop, rank == ranks - 1 ? steps : 0);
          end.result = train(of(rank), pool, status, stop, crew);
        } catch (const Error& error) {
          end.error = error;
        }
      });
    for (auto& thread : threads) thread.join();
    return ends;
  }

  TrainOptions with(int ranks, const std::string& out, std::int64_t rows,
                    std::int64_t steps = 6) const {
    TrainOptions options = this->options(out, steps);
    options.config.rows = rows;
    options.config.ranks = ranks;
    return options;
  }

  std::vector<double> losses(const std::string& out) const {
    std::vector<double> found;
    const std::string metrics = read_file(directory_ / out / "metrics.jsonl");
    for (std::size_t at = 0, end; (end = metrics.find('\n', at)) != std::string::npos; at = end + 1)
      if (const Json line = Json::parse(metrics.substr(at, end - at)); line.contains("loss"))
        found.push_back(line["loss"]);
    return found;
  }
};

TEST_F(RanksTest, AreOneRankWithALargerBatch) {
  const auto two = run(2, [&](int) { return with(2, "two", 1); });
  const auto again = run(2, [&](int) { return with(2, "again", 1); });
  const auto one = run(1, [&](int) { return with(1, "one", 2); });
  ASSERT_EQ(two[0].error.message, "");
  EXPECT_EQ(two[0].result.state.tokens, one[0].result.state.tokens);
  EXPECT_EQ(two[0].result.state.position.index, one[0].result.state.position.index);
  EXPECT_THAT(losses("two"), testing::Pointwise(testing::DoubleNear(1e-4), losses("one")));
  EXPECT_NEAR(*two[0].result.state.validation_loss, *one[0].result.state.validation_loss, 1e-4);
  EXPECT_EQ(two[0].result.model_sha256, again[0].result.model_sha256);  // the same bits
  EXPECT_EQ(two[1].result.state.loss, two[0].result.state.loss);
  EXPECT_EQ(two[1].result.state.validation_loss, two[0].result.state.validation_loss);
}

TEST_F(RanksTest, StopAtTheSameStepAndGoOnWithTheSameBits) {
  const auto whole = run(2, [&](int) { return with(2, "whole", 1); });
  const auto parts = run(
      2, [&](int) { return with(2, "parts", 1); }, 4);
  for (const End& end : parts) {
    EXPECT_EQ(end.error.code, ExitCode::stopped);
    EXPECT_THAT(end.error.message, HasSubstr("stopped after step 4 of 6"));
  }
  EXPECT_EQ(fs::read_symlink(directory_ / "parts/latest"), "step-4");
  const auto resumed = run(2, [&](int) { return with(2, "parts", 1); });
  EXPECT_EQ(resumed[0].result.model_sha256, whole[0].result.model_sha256);
}

TEST_F(RanksTest, GoOnWithAnotherNumberOfThemWhenTheStepIsTheSame) {
  run(
      2, [&](int) { return with(2, "run", 1); }, 3);
  const auto refused = run(1, [&](int) { return with(1, "run", 1); });
  EXPECT_EQ(refused[0].error.code, ExitCode::usage);
  EXPECT_THAT(refused[0].error.message, HasSubstr("batch.ranks was 2 and is now 1"));
  const auto gone_on = run(1, [&](int) { return with(1, "run", 2); });
  EXPECT_EQ(gone_on[0].error.message, "");
  const auto one = run(1, [&](int) { return with(1, "one", 2); });
  EXPECT_NEAR(gone_on[0].result.state.loss, one[0].result.state.loss, 1e-4);
}

TEST_F(RanksTest, RefuseToTrainDifferentThings) {
  const auto ends = run(2, [&](int rank) {
    TrainOptions options = with(2, "run", 1);
    options.config.seed = rank == 0 ? 1 : 2;
    return options;
  });
  for (const End& end : ends) EXPECT_EQ(end.error.code, ExitCode::usage);
  EXPECT_THAT(ends[0].error.message, HasSubstr("rank 1: has another configuration"));
}

TEST_F(RanksTest, FailTogether) {
  const auto ends = run(2, [&](int rank) {
    TrainOptions options = with(2, "run", 1);
    if (rank == 1) options.config.data.paths = {directory_ / "none.txt"};
    return options;
  });
  for (const End& end : ends) EXPECT_EQ(end.error.code, ExitCode::not_found);
  EXPECT_THAT(ends[0].error.message, testing::StartsWith("rank 1: "));
  EXPECT_THAT(ends[0].error.message, HasSubstr("none.txt"));
}

}  // namespace
}  // namespace aiops::train
