// SPDX-License-Identifier: Apache-2.0
#include "train/steering.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace aiops::train {
namespace {

// 128 values whose mean is 2 and whose deviation is 1.
void fill(RecentValues& values) {
  for (std::size_t i = 0; i < RecentValues::kLength; ++i) values.add(i % 2 == 0 ? 1 : 3);
}

TEST(RecentValues, MeasureInDeviationsOnceThereAreEnough) {
  RecentValues values;
  for (std::size_t i = 0; i + 1 < RecentValues::kLength; ++i)
    ASSERT_EQ(values.add(i % 2 == 0 ? 1 : 3), 0);
  EXPECT_EQ(values.add(3), 0);  // the 128th: nothing to compare with yet
  EXPECT_DOUBLE_EQ(values.add(5), 3);
  EXPECT_EQ(values.values().size(), RecentValues::kLength);
  EXPECT_EQ(values.values().back(), 5);
  RecentValues alike;
  for (int i = 0; i < 200; ++i) EXPECT_EQ(alike.add(7), 0);
}

TEST(Steering, SkipsWhatIsFarAboveAndNeverWhatIsBelow) {
  Steering steering;
  for (std::size_t i = 0; i < RecentValues::kLength; ++i)
    EXPECT_FALSE(steering.is_outlier(i % 2 == 0 ? 1 : 3, i % 2 == 0 ? 1 : 3, 4));
  Steering below = steering, loss = steering, norm = steering;
  EXPECT_FALSE(below.is_outlier(-100, -100, 4));
  EXPECT_TRUE(loss.is_outlier(6.5, 2, 4));
  EXPECT_TRUE(norm.is_outlier(2, 6.5, 4));
  EXPECT_EQ(norm.skipped, 1);
  EXPECT_FALSE(steering.is_outlier(5.5, 5.5, 4));
  EXPECT_EQ(steering.skipped, 0);
}

TEST(Steering, KnowsTheBestEvaluationAndHowLongAgoItWas) {
  Steering steering;
  EXPECT_TRUE(steering.improves(10, 3.0));
  EXPECT_FALSE(steering.improves(20, 3.0));
  EXPECT_FALSE(steering.improves(30, 3.5));
  EXPECT_EQ(steering.stale, 2);
  EXPECT_TRUE(steering.improves(40, 2.5));
  EXPECT_FALSE(steering.improves(40, 2.5));  // the same one, after a resumption
  EXPECT_EQ(steering.stale, 0);
  EXPECT_EQ(steering.best->step, 40);
  EXPECT_FALSE(steering.improves(50, std::nan("")));
}

TEST(Steering, GoesThroughTextUnchanged) {
  Steering steering;
  EXPECT_TRUE(steering.is_empty());
  fill(steering.losses);
  fill(steering.norms);
  steering.losses.add(1.0 / 3);
  steering.norms.add(0.1);
  steering.improves(7, 2.0 / 3);
  steering.improves(8, 1);
  steering.skipped = 4;
  const Steering back = Steering::from_json(Json::parse(steering.to_json().dump()));
  EXPECT_EQ(back.losses.values(), steering.losses.values());
  EXPECT_EQ(back.norms.values(), steering.norms.values());
  EXPECT_EQ(back.best->loss, 2.0 / 3);
  EXPECT_EQ(back.stale, 1);
  EXPECT_EQ(back.skipped, 4);
  EXPECT_TRUE(Steering::from_json(Json::object()).is_empty());
}

}  // namespace
}  // namespace aiops::train
