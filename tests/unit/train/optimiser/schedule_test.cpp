// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/schedule.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops::train {
namespace {

TEST(Schedule, WarmsUpDecaysAndStaysAtTheFloor) {
  const Schedule schedule{
      .peak = 2.0, .decay = Decay::cosine, .warmup = 10, .steps = 110, .floor = 0.1};
  EXPECT_DOUBLE_EQ(schedule.at(1), 0.2);
  EXPECT_DOUBLE_EQ(schedule.at(10), 2.0);
  EXPECT_DOUBLE_EQ(schedule.at(60), 2.0 * (0.1 + 0.9 * 0.5));
  EXPECT_NEAR(schedule.at(110), 0.2, 1e-15);
  EXPECT_NEAR(schedule.at(5000), 0.2, 1e-15);
}

TEST(Schedule, LinearAndConstant) {
  Schedule schedule{.peak = 1.0, .decay = Decay::linear, .warmup = 0, .steps = 4, .floor = 0};
  EXPECT_DOUBLE_EQ(schedule.at(1), 0.75);
  EXPECT_DOUBLE_EQ(schedule.at(4), 0.0);
  schedule.decay = Decay::constant;
  schedule.warmup = 2;
  EXPECT_DOUBLE_EQ(schedule.at(1), 0.5);
  EXPECT_DOUBLE_EQ(schedule.at(4), 1.0);
}

TEST(Schedule, StaysAndThenFallsInTheLastShare) {
  const Schedule schedule{.peak = 1.0,
                          .decay = Decay::wsd,
                          .warmup = 10,
                          .steps = 100,
                          .floor = 0.1,
                          .decay_share = 0.2};
  EXPECT_DOUBLE_EQ(schedule.at(5), 0.5);
  EXPECT_DOUBLE_EQ(schedule.at(10), 1.0);
  EXPECT_DOUBLE_EQ(schedule.at(80), 1.0);
  EXPECT_NEAR(schedule.at(85), 0.1 + 0.9 * 0.5, 1e-12);  // a quarter done: 1 - sqrt(1/4)
  EXPECT_NEAR(schedule.at(100), 0.1, 1e-12);
  EXPECT_NEAR(schedule.at(500), 0.1, 1e-12);
}

TEST(Schedule, NeverRisesAfterTheWarmUp) {
  for (const Decay decay : {Decay::constant, Decay::linear, Decay::cosine, Decay::wsd}) {
    const Schedule schedule{.peak = 1, .decay = decay, .warmup = 3, .steps = 50};
    for (std::int64_t step = 3; step < 60; ++step)
      EXPECT_LE(schedule.at(step + 1), schedule.at(step)) << name_of(decay) << " at " << step;
  }
}

TEST(Schedule, WarmUpMayFillTheRun) {
  const Schedule schedule{.peak = 1, .warmup = 5, .steps = 5, .floor = 0.1};
  EXPECT_NO_THROW(schedule.check());
  EXPECT_DOUBLE_EQ(schedule.at(5), 1.0);
}

TEST(Schedule, WordsGoThereAndBack) {
  for (const Decay decay : {Decay::constant, Decay::linear, Decay::cosine, Decay::wsd})
    EXPECT_EQ(parse_decay(name_of(decay), "schedule"), decay);
  EXPECT_THROW(parse_decay("polynomial", "schedule"), Error);
}

TEST(Schedule, RefusesNonsense) {
  EXPECT_THROW((Schedule{.peak = 0}.check()), Error);
  EXPECT_THROW((Schedule{.warmup = 3, .steps = 2}.check()), Error);
  EXPECT_THROW((Schedule{.steps = 0}.check()), Error);
  EXPECT_THROW((Schedule{.floor = 1.5}.check()), Error);
}

}  // namespace
}  // namespace aiops::train
