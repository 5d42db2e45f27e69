// SPDX-License-Identifier: Apache-2.0
#include "bench/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace aiops::bench {
namespace {

std::vector<std::int64_t> one_to(std::int64_t n) {
  std::vector<std::int64_t> values;
  // Far neighbours in turn, so that the order itself says nothing.
  for (std::int64_t i = 0; i < n; ++i) values.push_back(i * 7919 % n + 1);
  return values;
}

TEST(Statistics, KnowsTheTextbookSample) {
  const Statistics s = summarise(std::vector<std::int64_t>{2, 4, 4, 4, 5, 5, 7, 9});
  EXPECT_EQ(s.n, 8u);
  EXPECT_DOUBLE_EQ(s.median, 4.5);
  EXPECT_DOUBLE_EQ(s.mean, 5);
  EXPECT_DOUBLE_EQ(s.mad, 0.5);
  EXPECT_DOUBLE_EQ(s.iqr, 1.5);  // type 7: 4.0 and 5.5
  EXPECT_DOUBLE_EQ(s.min, 2);
}

// The ranks that tables of the sign test give (binomial, two-sided 95 %).
TEST(Statistics, MedianIntervalHasTheRanksOfTheTables) {
  EXPECT_EQ(median_interval_rank(5, 1), 0u);  // even [min, max] covers only 93.75 %
  EXPECT_EQ(median_interval_rank(6, 1), 1u);
  EXPECT_EQ(median_interval_rank(9, 1), 2u);
  EXPECT_EQ(median_interval_rank(10, 1), 2u);
  EXPECT_EQ(median_interval_rank(20, 1), 6u);
  EXPECT_EQ(median_interval_rank(50, 1), 18u);
  EXPECT_EQ(median_interval_rank(100, 1), 40u);
}

TEST(Statistics, DependentSamplesWidenTheInterval) {
  EXPECT_EQ(median_interval_rank(10'000, 1), 4902u);
  EXPECT_EQ(median_interval_rank(10'000, 4), 4804u);  // twice as wide
  EXPECT_EQ(median_interval_rank(10, 30), 0u);        // a third of a fact is no interval
}

TEST(Statistics, RefusesPercentilesThatTheSamplesDoNotHold) {
  EXPECT_FALSE(summarise(one_to(94)).p95);
  EXPECT_TRUE(summarise(one_to(95)).p95);
  EXPECT_FALSE(summarise(one_to(481)).p99);
  EXPECT_NEAR(*summarise(one_to(501)).p99, 496, 1e-9);
  EXPECT_NEAR(*summarise(one_to(101)).p5, 6, 1e-9);
}

TEST(Statistics, CountsOutliersAndKeepsThem) {
  auto values = one_to(50);
  values.push_back(100'000);
  const Statistics s = summarise(values);
  EXPECT_EQ(s.outliers, 1u);
  EXPECT_EQ(s.n, 51u);
  EXPECT_GT(s.mean, 1000);  // it is still in the mean
  EXPECT_EQ(s.median, 26);  // and does not move the median
}

TEST(Statistics, SeesDriftAndTrend) {
  std::vector<std::int64_t> rising;
  for (int i = 0; i < 300; ++i) rising.push_back(1000 + i);
  const Statistics s = summarise(rising);
  EXPECT_NEAR(*s.drift_pct, 100 * 200 / 1149.5, 0.1);
  EXPECT_GT(*s.autocorr_lag1, 0.95);
  EXPECT_LT(s.n_effective, 10);
}

TEST(Statistics, ConstantSamplesHaveAnIntervalOfNoWidth) {
  const Statistics s = summarise(std::vector<std::int64_t>(20, 7));
  EXPECT_EQ(*relative_half_width(s), 0);
  EXPECT_FALSE(s.autocorr_lag1);  // no variance: not measured
  EXPECT_EQ(s.outliers, 0u);
}

TEST(Statistics, NothingIsNothing) {
  const Statistics s = summarise({});
  EXPECT_EQ(s.n, 0u);
  EXPECT_FALSE(s.ci95);
  EXPECT_FALSE(relative_half_width(s));
}

// How often the interval covers the true median of a series whose samples resemble each other by
// `rho`, against how often it would if it believed them independent.
struct Coverage {
  double corrected = 0, naive = 0;
};

Coverage coverage(double rho) {
  constexpr int kTrials = 400, kSamples = 200;
  std::mt19937_64 random(42);
  std::normal_distribution<double> normal;
  Coverage share;
  for (int trial = 0; trial < kTrials; ++trial) {
    double x = normal(random);
    std::vector<std::int64_t> values;
    for (int i = 0; i < kSamples; ++i) {
      x = rho * x + std::sqrt(1 - rho * rho) * normal(random);
      values.push_back(1'000'000 + std::llround(x * 1000));
    }
    auto sorted = values;
    std::sort(sorted.begin(), sorted.end());
    const auto covers = [](double low, double high) { return low <= 1e6 && high >= 1e6; };
    const Interval interval = *summarise(values).ci95;
    const std::size_t rank = median_interval_rank(kSamples, 1);
    share.corrected += covers(interval.low, interval.high);
    share.naive += covers(sorted[rank - 1], sorted[kSamples - rank]);
  }
  return {share.corrected / kTrials, share.naive / kTrials};
}

TEST(Statistics, TheIntervalCoversTheMedianOfSamplesThatResembleEachOther) {
  EXPECT_GT(coverage(0).corrected, 0.92);
  const Coverage similar = coverage(0.7);
  EXPECT_GT(similar.corrected, 0.88);
  EXPECT_LT(similar.naive, 0.70);
}

}  // namespace
}  // namespace aiops::bench
