// SPDX-License-Identifier: Apache-2.0
#include "bench/health.hpp"

#include "base/error.hpp"
#include "bench/verdict.hpp"
#include "bench/verification.hpp"
#include "example_record.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace aiops::bench {
namespace {

// One slice after each round, 5 ms apart.
ClockTrace trace_of(std::size_t slices, auto mhz_of) {
  ClockTrace trace;
  for (std::size_t i = 0; i < slices; ++i)
    trace.push_back({static_cast<std::int64_t>(i) * 5'000'000, i + 1, mhz_of(i)});
  return trace;
}
ClockTrace falling(std::size_t slices, std::size_t from, std::int64_t low) {
  return trace_of(slices, [=](std::size_t i) { return i < from ? std::int64_t{4000} : low; });
}
ClockTrace steady() { return falling(40, 40, 0); }
ClockTrace throttled() { return falling(40, 20, 3000); }

Json verdict(const ClockTrace& trace) { return health_json(trace).at("verdict"); }

Json record_with(const ClockTrace& trace, const std::vector<std::int64_t>& values = {}) {
  Measurement m = example_measurement();
  if (!values.empty()) m.samples.values = values;
  m.samples.clock = std::make_shared<const ClockTrace>(trace);
  Json record = make_record(example_run(), m);
  record["duration_ns"] = 1'000'000'000;
  return record;
}

std::vector<Json> runs(std::size_t count, std::int64_t ns) {
  std::vector<Json> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(example_record(ns + 3 * i));
  return all;
}

TEST(Health, SaysHowFastTheClockWas) {
  const Json clock = health_json(throttled()).at("clk_mhz");
  EXPECT_EQ(clock.at("median"), 3500);
  EXPECT_EQ(clock.at("min"), 3000);
  EXPECT_EQ(clock.at("max"), 4000);
  EXPECT_LT(clock.at("slope_pct_s"), 0);
  EXPECT_EQ(clock.at("values").size(), 40u);
  const Json rising = health_json(trace_of(64, [](std::size_t i) {
    return static_cast<std::int64_t>(4000 + i);  // 200 MHz a second
  }));
  EXPECT_NEAR(rising.at("clk_mhz").at("slope_pct_s").get<double>(), 100 * 200 / 4031.5, 0.01);
  EXPECT_TRUE(health_json({}).is_null());
}

TEST(Health, AClockThatFallsAndStaysIsThrottled) {
  EXPECT_EQ(verdict(throttled()), "throttled");
  EXPECT_EQ(health_json(throttled()).at("reason"), "the clock fell by 25 %, from 4000 to 3000 MHz");
  EXPECT_EQ(verdict(falling(40, 30, 3600)), "throttled");  // a quarter of the run, a tenth
  EXPECT_EQ(verdict(trace_of(40,
                             [](std::size_t i) {  // and back: the later part is fine
                               return i >= 10 && i < 20 ? std::int64_t{3000} : std::int64_t{4000};
                             })),
            "throttled");
}

TEST(Health, WhatABusyMachineDoesIsNotThrottling) {
  EXPECT_EQ(verdict(steady()), "clean");
  EXPECT_TRUE(health_json(steady()).at("reason").is_null());
  EXPECT_EQ(verdict(falling(40, 20, 3640)), "clean");  // wanders by less than a tenth
  EXPECT_EQ(verdict(falling(40, 36, 3000)), "clean");  // for an eighth of the run
  EXPECT_EQ(verdict(trace_of(40,
                             [](std::size_t i) {  // two slices of five are interrupted
                               return i % 5 < 2 ? std::int64_t{600} : std::int64_t{4000};
                             })),
            "clean");
  EXPECT_TRUE(verdict(falling(31, 15, 2000)).is_null());  // too few slices to say
}

TEST(Health, ARoundIsLowWhenTheClockWas) {
  const auto low = throttled_rounds(record_with(throttled()));
  ASSERT_EQ(low.size(), 40u);
  for (std::size_t i = 0; i < low.size(); ++i) EXPECT_EQ(low[i], i >= 20) << i;
  const auto none = throttled_rounds(example_record());
  EXPECT_EQ(std::count(none.begin(), none.end(), true), 0);
}

TEST(Health, AThrottledRunHasNoVerdictAgainstOthers) {
  std::vector<Json> old = runs(7, 1000), slow = runs(7, 1200);
  EXPECT_EQ(decide_runs(old, slow, {}).verdict, Verdict::regression);
  slow[2] = record_with(steady(), slow[2]["samples"]["values"]);
  EXPECT_EQ(decide_runs(old, slow, {}).verdict, Verdict::regression);
  slow[2] = record_with(throttled(), slow[2]["samples"]["values"]);
  Decision decision = decide_runs(old, slow, {});
  EXPECT_EQ(decision.verdict, Verdict::undecided);
  EXPECT_EQ(decision.reason,
            "throttled: the clock fell by 25 %, from 4000 to 3000 MHz in 1 of 14 runs");
  std::swap(old, slow);
  EXPECT_EQ(decide_runs(old, slow, {}).verdict, Verdict::undecided);
}

// Forty rounds: after the fall of the clock, the first side takes `a` times as long, the second
// `b`.
std::pair<Json, Json> sides(double a, double b) {
  std::vector<std::int64_t> of_a, of_b;
  for (std::int64_t i = 0; i < 40; ++i) {
    of_a.push_back(std::llround(static_cast<double>(100'000 + i * 17 % 40) * (i < 20 ? 1 : a)));
    of_b.push_back(std::llround(static_cast<double>(120'000 + i * 29 % 40) * (i < 20 ? 1 : b)));
  }
  return {record_with(throttled(), of_a), record_with(throttled(), of_b)};
}

TEST(Health, SidesThatWereHitAlikeHaveTheirVerdict) {
  const auto [a, b] = sides(1.33, 1.33);
  const Decision decision = decide_rounds(a, b, {});
  EXPECT_EQ(decision.verdict, Verdict::regression);
  EXPECT_NEAR(decision.effect, 0.2, 0.001);
}

TEST(Health, SidesThatWereHitUnlikeHaveNone) {
  const auto [a, b] = sides(1.0, 1.33);  // the first side waits for memory
  const Decision decision = decide_rounds(a, b, {});
  EXPECT_EQ(decision.verdict, Verdict::undecided);
  EXPECT_EQ(decision.reason,
            "throttled: the clock fell by 25 %, from 4000 to 3000 MHz, and hit the sides unlike: "
            "their ratio changed by +33 %");
  GatePolicy wide;
  wide.threshold = 0.5;  // by less than what would be a regression
  EXPECT_EQ(decide_rounds(a, b, wide).reason.find("throttled"), std::string::npos);
}

TEST(Health, IsWorkedOutAgainFromTheSlices) {
  const Json good = record_with(throttled());
  ASSERT_TRUE(check_figures(good, {}).empty()) << check_figures(good, {})[0].field;
  const std::vector<std::pair<std::string, Json>> edits = {
      {"/health/verdict", "clean"},       {"/health/reason", nullptr},
      {"/health/rule", "none"},           {"/health/clk_mhz/median", 4000},
      {"/health/clk_mhz/min", 3999},      {"/health/clk_mhz/max", 3999},
      {"/health/clk_mhz/slope_pct_s", 0}, {"/health/clk_mhz/method", "a guess"},
      {"/health/clk_mhz/values/3", 4400}, {"/health/clk_mhz/values/3", -1},
      {"/health/clk_mhz/at_ns/3", 0},     {"/health/clk_mhz/rounds/39", 41},
      {"/health/clk_mhz/values", {4000}}, {"/health/clk_mhz/values", Json::array()},
      {"/health/clk_mhz", nullptr},       {"/health", 3}};
  for (const auto& [pointer, value] : edits) {
    Json record = good;
    record[Json::json_pointer(pointer)] = value;
    const auto findings = check_figures(record, {});
    ASSERT_FALSE(findings.empty()) << pointer;
    EXPECT_TRUE(findings[0].field.starts_with("health")) << pointer << ": " << findings[0].field;
  }
}

}  // namespace
}  // namespace aiops::bench
