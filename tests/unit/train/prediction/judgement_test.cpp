// SPDX-License-Identifier: Apache-2.0
// Figures that were computed by hand, and agree with scikit-learn's.
#include "train/prediction/judgement.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace aiops::train {
namespace {

constexpr double kClose = 1e-12;

TEST(LabelJudgement, CountsByLabel) {
  // a a a b b c, called a a b b c c; d neither occurs nor is said.
  const std::vector<std::int32_t> truth{0, 0, 0, 1, 1, 2};
  const std::vector<std::int32_t> said{0, 0, 1, 1, 2, 2};
  std::vector<float> logits;
  for (const std::int32_t label : said)
    for (std::int32_t i = 0; i < 4; ++i) logits.push_back(i == label ? 2.0F : 0.0F);
  LabelJudgement judgement(4);
  for (std::size_t i = 0; i < truth.size(); ++i)
    judgement.add(static_cast<std::size_t>(truth[i]), std::span(logits).subspan(4 * i, 4));
  const LabelCounts& counts = judgement.counts();
  EXPECT_NEAR(counts.accuracy(), 4.0 / 6, kClose);
  EXPECT_NEAR(counts.score(0).precision, 1, kClose);
  EXPECT_NEAR(counts.score(0).recall, 2.0 / 3, kClose);
  EXPECT_NEAR(counts.score(0).f1, 0.8, kClose);
  EXPECT_NEAR(counts.score(1).f1, 0.5, kClose);
  EXPECT_NEAR(counts.score(2).precision, 0.5, kClose);
  EXPECT_NEAR(counts.score(2).f1, 2.0 / 3, kClose);
  EXPECT_EQ(counts.score(2).support, 1);
  EXPECT_EQ(counts.score(3).f1, 0);
  EXPECT_NEAR(counts.macro_f1(), (0.8 + 0.5 + 2.0 / 3) / 3, kClose);  // d does not count
  EXPECT_EQ(judgement.called(0, 0), 2u);
  EXPECT_EQ(judgement.called(0, 1), 1u);
  EXPECT_EQ(judgement.called(1, 2), 1u);
  EXPECT_EQ(judgement.called(2, 1), 0u);
  const double rest = std::log(std::exp(2.0) + 3);
  EXPECT_NEAR(judgement.loss(), (4 * (rest - 2) + 2 * rest) / 6, 1e-6);
}

TEST(LabelJudgement, TakesTheFirstOfEquals) {
  EXPECT_EQ(most_likely(std::vector<float>{1, 3, 3}), 1u);
}

// A share that rounds to 0 has a loss all the same.
TEST(LabelJudgement, HasALossForWhatIsImprobable) {
  LabelJudgement judgement(2);
  judgement.add(0, std::vector<float>{0, 2000});
  EXPECT_NEAR(judgement.loss(), 2000, 1e-9);
}

TEST(ValueJudgement, MeasuresEachNumber) {
  const std::vector<float> truth{1, 10, 2, 10, 3, 10};
  const std::vector<float> said{2, 10, 2, 11, 4, 9};
  const auto each = judge_values(2, truth, said);
  EXPECT_NEAR(each[0].mse, 2.0 / 3, kClose);
  EXPECT_NEAR(each[0].mae, 2.0 / 3, kClose);
  EXPECT_NEAR(each[0].r2.value(), 1 - 2.0 / 2, kClose);
  EXPECT_NEAR(each[0].pearson.value(), 2 / std::sqrt(2 * 8.0 / 3), kClose);
  EXPECT_FALSE(each[1].r2.has_value());  // it does not vary
  EXPECT_FALSE(each[1].pearson.has_value());
  const auto mean = mean_of(each);
  EXPECT_NEAR(mean.mse, 2.0 / 3, kClose);
  EXPECT_FALSE(mean.r2.has_value());
  EXPECT_NEAR(mean_of(std::vector{each[0], each[0]}).pearson.value(), each[0].pearson.value(),
              kClose);
}

// A mean that dwarfs the variation does not eat its digits.
TEST(ValueJudgement, KeepsTheDigitsOfNumbersFarFromZero) {
  const std::vector<float> truth{8000000, 8000001, 8000002};
  const auto exact = judge_values(1, truth, truth);
  EXPECT_EQ(exact[0].r2.value(), 1);
  EXPECT_NEAR(exact[0].pearson.value(), 1, kClose);
}

}  // namespace
}  // namespace aiops::train
