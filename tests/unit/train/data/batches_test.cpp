// SPDX-License-Identifier: Apache-2.0
#include "train/data/batches.hpp"

#include "fixture.hpp"

#include <cmath>

namespace aiops::train {
namespace {

// Row r is r, r, …; only `counted(r)` of its targets count.
class Sparse final : public Batches {
 public:
  Sparse(std::uint64_t rows, std::int64_t length) : length_(length) { split(rows, 0, 1); }
  std::string noun() const override { return "rows"; }

 private:
  void append(std::uint64_t row, Rows& rows) const override {
    const auto token = static_cast<std::int32_t>(row % 7);
    for (std::int64_t i = 0; i < length_; ++i) {
      rows.tokens.push_back(token);
      rows.targets.push_back(i <= static_cast<std::int64_t>(row % 5) ? token : -1);
    }
  }
  std::int64_t length_;
};

class BatchesTest : public TrainFixture {
 protected:
  // The loss of the first step over `rows` rows, in parts of `part`.
  double first_loss(std::unique_ptr<const Batches> batches, std::int64_t rows, std::int64_t part) {
    auto how = options("run-" + std::to_string(part), 1);
    how.config.rows = part;
    how.config.accumulate = rows / part;
    how.config.validation = 0;
    ThreadPool pool(1);
    SilentStatus status;
    const StopFlag stop;
    Preparation preparation = prepare(how, pool, status, stop);
    preparation.batches = std::move(batches);
    return Trainer(std::move(preparation), pool, status, stop).run().state.loss;
  }
};

TEST_F(BatchesTest, AStepIsTheMeanOverItsCountedTargetsHoweverItIsParted) {
  const double whole = first_loss(std::make_unique<Sparse>(8, 16), 8, 8);
  EXPECT_NEAR(whole, std::log(300), 0.5);  // a fresh model knows nothing of 300 tokens
  EXPECT_NEAR(first_loss(std::make_unique<Sparse>(8, 16), 8, 1), whole, 1e-6);
  EXPECT_NEAR(first_loss(std::make_unique<Sparse>(8, 16), 8, 4), whole, 1e-6);
}

TEST_F(BatchesTest, AStepWithoutTargetsHasNoLoss) {
  class None final : public Batches {
   public:
    None() { split(4, 0, 1); }
    std::string noun() const override { return "rows"; }

   private:
    void append(std::uint64_t, Rows& rows) const override {
      rows.tokens.insert(rows.tokens.end(), 16, 1);
      rows.targets.insert(rows.targets.end(), 16, -1);
    }
  };
  EXPECT_EQ(first_loss(std::make_unique<None>(), 4, 2), 0.0);
}

}  // namespace
}  // namespace aiops::train
