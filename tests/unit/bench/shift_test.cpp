// SPDX-License-Identifier: Apache-2.0
#include "bench/shift.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace aiops::bench {
namespace {

// R: wilcox.test(d, exact = TRUE) and wilcox.test(a, b, exact = TRUE); also by hand, from counts.
TEST(Shift, PairedKnowsTheTextbook) {
  EXPECT_DOUBLE_EQ(paired_shift(std::vector<double>{1, 2, 3, 4, 5}).p, 2.0 / 32);
  EXPECT_DOUBLE_EQ(paired_shift(std::vector<double>{-1, 2, 3, 4, 5}).p, 4.0 / 32);
  EXPECT_DOUBLE_EQ(paired_shift(std::vector<double>{1, -2, 3, -4}).p, 14.0 / 16);  // 4 of 10
  EXPECT_DOUBLE_EQ(paired_shift(std::vector<double>{1, 2, 3}).estimate, 2);
  // Hollander and Wolfe, table 3.1 (depression scores, n = 9): T+ = 5, p = 0.0391 two-sided.
  const std::vector<double> depression = {-0.952, 0.147,  -1.022, -0.430, -0.620,
                                          -0.590, -0.490, 0.080,  -0.010};
  const Shift shift = paired_shift(depression);
  EXPECT_NEAR(shift.p, 0.0391, 1e-4);
  EXPECT_NEAR(shift.estimate, -0.46, 0.005);
  EXPECT_NEAR(shift.ci95->low, -0.786, 1e-3);
  EXPECT_NEAR(shift.ci95->high, -0.010, 1e-3);
}

TEST(Shift, UnpairedKnowsTheTextbook) {
  EXPECT_DOUBLE_EQ(unpaired_shift(std::vector<double>{1, 2, 3}, std::vector<double>{4, 5, 6}).p,
                   2.0 / 20);
  // Hollander and Wolfe, table 4.1 (permeability): p = 0.2544 two-sided.
  const std::vector<double> term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const std::vector<double> weeks = {1.15, 0.88, 0.90, 0.74, 1.21};
  const Shift shift = unpaired_shift(weeks, term);
  EXPECT_NEAR(shift.p, 0.2544, 1e-4);
  EXPECT_NEAR(shift.estimate, 0.305, 1e-9);
  EXPECT_NEAR(shift.ci95->low, -0.15, 1e-9);
  EXPECT_NEAR(shift.ci95->high, 0.76, 1e-9);
}

TEST(Shift, CountsTiesAndNoDifference) {
  EXPECT_EQ(paired_shift(std::vector<double>(12, 0.0)).p, 1);
  EXPECT_DOUBLE_EQ(paired_shift(std::vector<double>(10, 0.5)).p, 2.0 / 1024);
  EXPECT_DOUBLE_EQ(unpaired_shift(std::vector<double>(7, 1.0), std::vector<double>(7, 1.0)).p, 1);
  EXPECT_EQ(paired_shift({}).p, 1);
  EXPECT_FALSE(paired_shift(std::vector<double>{1, 2, 3, 4, 5}).ci95);  // covers 93.75 % at most
  EXPECT_TRUE(paired_shift(std::vector<double>{1, 2, 3, 4, 5, 6}).ci95);
}

TEST(Shift, KnowsHowFewAreTooFew) {
  EXPECT_EQ(least_rounds(0.002), 10u);
  EXPECT_EQ(least_runs(0.002), 7u);
  EXPECT_EQ(least_runs(0.0023), 6u);
  EXPECT_NEAR(normal_upper_point(0.025), 1.959964, 1e-6);
}

// Where the counted distribution goes over into the normal one, both say nearly the same.
TEST(Shift, ManyNumbersGoOnWhereFewEnd) {
  std::mt19937_64 random(3);
  std::normal_distribution<double> normal(0.4, 1);
  std::vector<double> differences;
  for (int i = 0; i < 40; ++i) differences.push_back(normal(random));
  const Shift counted = paired_shift(differences);
  differences.push_back(counted.estimate);  // the 41st says nothing
  const Shift approximate = paired_shift(differences);
  EXPECT_NEAR(approximate.p / counted.p, 1, 0.15);
  EXPECT_NEAR(approximate.ci95->low, counted.ci95->low, 0.06);
  EXPECT_NEAR(approximate.ci95->high, counted.ci95->high, 0.06);

  std::vector<double> a, b;
  for (int i = 0; i < 20; ++i) a.push_back(normal(random)), b.push_back(normal(random) + 0.8);
  const Shift few = unpaired_shift(a, b);
  b.push_back(0.8);
  EXPECT_NEAR(unpaired_shift(a, b).p / few.p, 1, 0.3);
}

}  // namespace
}  // namespace aiops::bench
