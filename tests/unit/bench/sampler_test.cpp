// SPDX-License-Identifier: Apache-2.0
#include "bench/sampler.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <random>

namespace aiops::bench {
namespace {

SampleRule quick() {
  SampleRule rule;
  rule.min_ns = 0;
  rule.warm_up_ns = 0;
  rule.shortest_ns = 0;
  return rule;
}

std::vector<std::int64_t> noise(std::size_t n, std::int64_t spread) {
  std::mt19937_64 random(1);
  std::vector<std::int64_t> values;
  for (std::size_t i = 0; i < n; ++i)
    values.push_back(1'000'000 + static_cast<std::int64_t>(random() % 1000) * spread / 1000);
  return values;
}

// Feeds the values one by one, each as if it took what it says; the reason and when it came.
std::pair<std::optional<StopReason>, std::size_t> feed(const SampleRule& rule,
                                                       const std::vector<std::int64_t>& values) {
  StopRule stop(rule);
  std::int64_t total = 0;
  for (std::size_t n = 1; n <= values.size(); ++n) {
    total += values[n - 1];
    if (const auto reason = stop.decide(std::span(values).first(n), total)) return {reason, n};
  }
  return {std::nullopt, values.size()};
}

// Queued work is done when it was waited for: once a sample, within its time.
TEST(TakeRounds, WaitsForWhatIsQueuedOnceASample) {
  int queued = 0, waits = 0, most = 0;
  Case device;
  device.work = [&] { most = std::max(most, ++queued); };
  device.finish = [&] {
    queued = 0;
    ++waits;
  };
  device.shortest_ns = 20'000;
  device.clock = [now = std::int64_t{0}]() mutable { return now += 10; };  // ns between two looks
  const std::vector<Case> cases{device, Case{.work = [] {}}};
  std::vector<Samples> samples;
  int rounds = 0;
  const StopFlag stop;
  take_rounds(cases, quick(), stop, samples, [&] { return ++rounds == 3; });
  EXPECT_EQ(queued, 0);
  EXPECT_EQ(samples[0].calls, 2001);
  EXPECT_EQ(most, 2001);
  EXPECT_EQ(waits, 4);  // the first in warming up
  EXPECT_TRUE(samples[0].are_queued);
  EXPECT_FALSE(samples[1].are_queued);
}

// Each GPU is looked at by its own counters, however many cases run on it; the CPU has none.
TEST(TakeRounds, LooksAtEachGpuOnceARound) {
  int looks = 0;
  const auto on = [&](const char* name, int mhz) {
    return Case{.work = [] {}, .gpu = {name, [&looks, mhz] {
                                         ++looks;
                                         return kernels::device::Counters{{}, mhz, 0};
                                       }}};
  };
  const std::vector<Case> cases{on("a", 1000), on("a", 1000), on("b", 2000), Case{.work = [] {}}};
  std::vector<Samples> samples;
  int rounds = 0;
  const StopFlag stop;
  take_rounds(cases, quick(), stop, samples, [&] { return ++rounds == 3; });
  EXPECT_EQ(looks, 6);
  ASSERT_EQ(samples[0].gpu->size(), 3U);
  EXPECT_EQ(samples[0].gpu, samples[1].gpu);
  EXPECT_EQ(samples[0].gpu->front().mhz, 1000);
  EXPECT_EQ(samples[2].gpu->front().mhz, 2000);
  EXPECT_FALSE(samples[3].gpu);
  for (const Samples& each : samples) EXPECT_FALSE(each.energy);  // nobody's alone
}

TEST(StopRule, StopsOnceTheIntervalIsNarrow) {
  const auto [reason, n] = feed(quick(), noise(1000, 10'000));  // one percent of noise
  EXPECT_EQ(reason, StopReason::converged);
  EXPECT_EQ(n, 20u);
}

TEST(StopRule, NoisierSamplesTakeMore) {
  SampleRule rule = quick();
  const auto [reason, n] = feed(rule, noise(100'000, 100'000));
  EXPECT_EQ(reason, StopReason::converged);
  EXPECT_GT(n, 100u);
}

TEST(StopRule, WaitsForTheLeastTime) {
  SampleRule rule = quick();
  rule.min_ns = 50'000'000;  // of samples of a millisecond
  EXPECT_EQ(feed(rule, std::vector<std::int64_t>(100, 1'000'000)).second, 50u);
}

TEST(StopRule, GivesUpWhenTheTimeIsOver) {
  SampleRule rule = quick();
  rule.timeout_ns = 10'000'000;
  const auto [reason, n] = feed(rule, std::vector<std::int64_t>(100, 1'000'000));
  EXPECT_EQ(reason, StopReason::timeout);
  EXPECT_EQ(n, 10u);
}

TEST(StopRule, SeesThatMoreSamplesWouldNotHelp) {
  SampleRule rule = quick();
  rule.target = 1e-9;
  rule.timeout_ns = INT64_MAX;
  std::vector<std::int64_t> two_modes;  // in runs that lengthen: noise that does not average out
  std::int64_t mode = 1'000'000;
  for (std::size_t run = 2; two_modes.size() < 20'000; run += run / 2) {
    two_modes.insert(two_modes.end(), run, mode);
    mode = 2'200'000 - mode;
  }
  EXPECT_EQ(feed(rule, two_modes).first, StopReason::stalled);
}

TEST(StopRule, ACountIsACount) {
  SampleRule rule = quick();
  rule.count = 7;
  rule.timeout_ns = 1;
  const auto [reason, n] = feed(rule, std::vector<std::int64_t>(100, 1'000'000));
  EXPECT_EQ(reason, StopReason::count);
  EXPECT_EQ(n, 7u);
}

TEST(Sampler, CasesTakeTurnsInAnOrderThatTheSeedDecides) {
  SampleRule rule = quick();
  rule.count = 50;
  const StopFlag stop;
  const auto order_of = [&](std::uint64_t seed) {
    rule.seed = seed;
    std::string order;
    const std::vector<Case> cases = {{[&] { order += 'a'; }}, {[&] { order += 'b'; }}};
    const auto samples = take_samples(cases, rule, stop);
    EXPECT_EQ(samples[0].values.size(), 50u);
    EXPECT_EQ(samples[1].values.size(), 50u);
    return order;
  };
  const std::string order = order_of(1);
  ASSERT_EQ(order.size(), 102u);  // and one call each to warm up
  for (std::size_t i = 2; i < order.size(); i += 2) EXPECT_NE(order[i], order[i + 1]);
  EXPECT_NE(order.find("abba"), std::string::npos);
  EXPECT_EQ(order, order_of(1));
  EXPECT_NE(order, order_of(2));
}

TEST(Sampler, BatchesCallsThatAreTooShort) {
  SampleRule rule = quick();
  rule.count = 3;
  rule.shortest_ns = 1'000'000'000;  // long enough that no preemption is taken for a long call
  std::int64_t calls = 0;
  const std::vector<Case> cases = {{[&] { ++calls; }}};
  const auto samples = take_samples(cases, rule, StopFlag());
  EXPECT_GT(samples[0].calls, 1);
  EXPECT_EQ(calls, samples[0].warm_up_calls + 3 * samples[0].calls);
}

TEST(Sampler, PreparesEverySampleAndClearsUp) {
  SampleRule rule = quick();
  rule.count = 5;
  int prepared = 0, worked = 0, cleared = 0;
  const std::vector<Case> cases = {{.work = [&] { EXPECT_EQ(cleared, worked++); },
                                    .before = [&] { EXPECT_EQ(prepared++, cleared); },
                                    .after = [&] { ++cleared; }}};
  take_samples(cases, rule, StopFlag());
  EXPECT_EQ(prepared, 6);  // five samples and the warm-up
  EXPECT_EQ(worked, 6);
  EXPECT_EQ(cleared, 6);
}

TEST(Sampler, ACeilingKeepsNobodyWaiting) {
  SampleRule rule = quick();
  rule.min_samples = 10;
  rule.target = 1;
  rule.timeout_ns = INT64_MAX;
  std::vector<Case> cases(2);
  cases[0].work = [] {};
  cases[1].work = [] {};
  cases[1].decides = Case::Decides::no;
  EXPECT_LT(take_samples(cases, rule, StopFlag())[1].values.size(), 100'000u);
}

TEST(Sampler, ObeysTheStopFlag) {
  StopFlag stop;
  const std::vector<Case> cases = {{[&] { stop.request(SIGINT); }}};
  try {
    take_samples(cases, quick(), stop);
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::interrupted);
  }
}

}  // namespace
}  // namespace aiops::bench
