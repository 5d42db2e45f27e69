// SPDX-License-Identifier: Apache-2.0
// The gate on simulated machines: seeds are fixed, so these are facts and no chances.
#include "bench/gate.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

namespace aiops::bench {
namespace {

// Times of a machine whose noise remembers: a share `rho` of each deviation stays for the next
// sample, and now and then a neighbour takes the CPU away for a while.
class Machine {
 public:
  Machine(double noise, double rho, double taken, std::uint64_t seed)
      : noise_(noise), rho_(rho), taken_(taken), random_(seed) {}

  double log_time() {
    state_ = rho_ * state_ + std::sqrt(1 - rho_ * rho_) * noise_ * normal_(random_);
    if (busy_ > 0)
      --busy_;
    else if (uniform_(random_) < taken_)
      busy_ = 5 + static_cast<int>(20 * uniform_(random_));
    return state_ + (busy_ > 0 ? std::log(2.0) : 0);
  }
  bool coin() { return uniform_(random_) < 0.5; }

 private:
  double noise_, rho_, taken_;
  std::mt19937_64 random_;
  std::normal_distribution<double> normal_;
  std::uniform_real_distribution<double> uniform_;
  double state_ = 0;
  int busy_ = 0;
};

std::vector<double> rounds(Machine& machine, std::size_t n, double slowdown) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < n; ++i) {
    const bool a_first = machine.coin();
    const double first = machine.log_time(), second = machine.log_time();
    ratios.push_back((a_first ? second - first : first - second) + std::log1p(slowdown));
  }
  return ratios;
}

struct Shares {
  double ok = 0, regression = 0, undecided = 0;
};

Shares shares(double noise, double rho, double taken, std::size_t n, double slowdown,
              int trials = 1000) {
  Shares result;
  for (int trial = 0; trial < trials; ++trial) {
    Machine machine(noise, rho, taken, static_cast<std::uint64_t>(trial) + 1);
    switch (decide_paired(rounds(machine, n, slowdown), {}).verdict) {
      case Verdict::ok:
      case Verdict::faster:
        result.ok += 1.0 / trials;
        break;
      case Verdict::regression:
        result.regression += 1.0 / trials;
        break;
      case Verdict::undecided:
        result.undecided += 1.0 / trials;
    }
  }
  return result;
}

TEST(Gate, RaisesNoFalseAlarmWhateverTheNoise) {
  for (const double rho : {0.0, 0.7, 0.95})
    for (const double taken : {0.0, 0.02})
      for (const std::size_t n : {20, 60}) {
        const Shares same = shares(0.1, rho, taken, n, 0);
        EXPECT_LE(same.regression, 0.003) << rho << " " << taken << " " << n;
      }
}

TEST(Gate, FindsATenthOnAQuietMachine) {
  EXPECT_GE(shares(0.01, 0.7, 0, 20, 0.1).regression, 0.999);
  EXPECT_GE(shares(0.05, 0.7, 0.005, 40, 0.1).regression, 0.9);
}

TEST(Gate, NeverCallsATenthFineWhenItIsNoisy) {
  for (const double noise : {0.1, 0.3, 1.0}) {
    const Shares slower = shares(noise, 0.7, 0.02, 20, 0.1);
    EXPECT_EQ(slower.ok, 0) << noise;
  }
  const Shares noisy = shares(1.0, 0.7, 0.02, 20, 0);
  EXPECT_LE(noisy.ok, 0.002);  // nor is nothing: "faster" by chance, one in a thousand
  EXPECT_GE(noisy.undecided, 0.995);
}

TEST(Gate, SeesThatNothingChangedWhenItIsQuiet) {
  EXPECT_GE(shares(0.01, 0.7, 0, 20, 0).ok, 0.99);
  EXPECT_GE(shares(0.05, 0.7, 0, 400, 0, 100).ok, 0.95);
}

// What it says it could have seen, it does see, in about nine of ten trials.
TEST(Gate, KnowsWhatItCouldHaveSeen) {
  Machine machine(0.05, 0, 0, 7);
  const auto seen = decide_paired(rounds(machine, 60, 0), {}).detectable;
  ASSERT_TRUE(seen);
  EXPECT_GT(*seen, 0.02);
  const Shares slower = shares(0.05, 0, 0, 60, *seen);
  EXPECT_GE(slower.regression, 0.75);
  EXPECT_LE(shares(0.05, 0, 0, 60, *seen / 2).regression, 0.6);
}

TEST(Gate, TooFewIsUndecided) {
  const Decision few = decide_paired(std::vector<double>(9, 0.5), {});
  EXPECT_EQ(few.verdict, Verdict::undecided);
  EXPECT_EQ(few.reason, "9 rounds, and fewer than 10 cannot tell");
  EXPECT_EQ(decide_paired(std::vector<double>(10, 0.5), {}).verdict, Verdict::regression);
  // More comparisons at once need more evidence each.
  EXPECT_EQ(decide_paired(std::vector<double>(10, 0.5), {.comparisons = 2}).verdict,
            Verdict::undecided);
  EXPECT_EQ(decide_paired({}, {}).verdict, Verdict::undecided);
}

TEST(Gate, JudgesByTheThreshold) {
  std::mt19937_64 random(5);
  std::normal_distribution<double> normal(std::log(1.05), 0.002);
  std::vector<double> five;
  for (int i = 0; i < 20; ++i) five.push_back(normal(random));
  EXPECT_EQ(decide_paired(five, {}).verdict, Verdict::regression);
  EXPECT_EQ(decide_paired(five, {.threshold = 0.1}).verdict, Verdict::ok);
  EXPECT_NEAR(decide_paired(five, {}).effect, 0.05, 0.002);
  for (double& ratio : five) ratio = -ratio;
  EXPECT_EQ(decide_paired(five, {}).verdict, Verdict::faster);
}

TEST(Gate, StoredRunsNeedSevenOfEach) {
  const std::vector<double> seven = {0.00, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06};
  std::vector<double> slower;
  for (const double time : seven) slower.push_back(time + 0.1);
  EXPECT_EQ(decide_stored(seven, slower, {}).verdict, Verdict::regression);
  const Decision six = decide_stored(std::span(seven).first(6), slower, {});
  EXPECT_EQ(six.verdict, Verdict::undecided);
  EXPECT_EQ(six.reason, "6 runs, and fewer than 7 cannot tell");
  EXPECT_EQ(decide_stored(seven, seven, {}).verdict, Verdict::undecided);  // 3 % of spread
  EXPECT_EQ(decide_stored(seven, seven, {.threshold = 0.1}).verdict, Verdict::ok);
}

}  // namespace
}  // namespace aiops::bench
