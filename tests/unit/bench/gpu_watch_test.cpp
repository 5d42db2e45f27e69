// SPDX-License-Identifier: Apache-2.0
#include "bench/gpu_watch.hpp"

#include "bench/health.hpp"
#include "bench/verdict.hpp"
#include "bench/verification.hpp"
#include "example_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::bench {
namespace {

using kernels::device::Counters;
using testing::HasSubstr;

// Forty looks, of which the first `low` found the power cap (4) at work.
GpuTrace forty_looks(std::size_t low) {
  GpuTrace trace;
  for (std::uint64_t round = 1; round <= 40; ++round)
    trace.push_back({round, 1980, round <= low ? 4U : 1U});  // 1: idle, which is no fault
  return trace;
}

Json record_with(const GpuTrace& trace) {
  Measurement m = example_measurement();
  m.samples.clock = std::make_shared<ClockTrace>(ClockTrace{{1000, 1, 3000}});
  m.samples.gpu = std::make_shared<GpuTrace>(trace);
  Json record = make_record(example_run(), m);
  record["duration_ns"] = 1'000'000'000;
  return record;
}

TEST(GpuWatch, LooksLessOftenTheLongerItTakes) {
  GpuWatch watch([] { return Counters{{}, 1980, 0}; });
  for (std::uint64_t round = 1; round <= 10'000; ++round) watch.look(round);
  EXPECT_LT(watch.trace().size(), GpuWatch::kMostSlices);
  EXPECT_GT(watch.trace().size(), GpuWatch::kMostSlices / 4);
  EXPECT_GT(watch.trace().back().rounds, 9'900U);
  GpuWatch blind([] { return Counters(); });
  blind.look(1);
  EXPECT_TRUE(blind.trace().empty());
}

TEST(GpuWatch, ARecordWhoseGpuWasHeldDownGetsNoVerdict) {
  EXPECT_FALSE(throttling_of(record_with(forty_looks(0))));
  const Json held = record_with(forty_looks(3)), free = record_with(forty_looks(0));
  EXPECT_EQ(throttling_of(held), "the GPU's clock was held down in 3 of 40 looks (power cap)");
  const auto runs = [](const Json& record) { return std::vector<Json>(7, record); };
  EXPECT_EQ(decide_runs(runs(free), runs(free), {}).verdict, Verdict::ok);
  const Decision decision = decide_runs(runs(free), runs(held), {});
  EXPECT_EQ(decision.verdict, Verdict::undecided);
  EXPECT_THAT(decision.reason, HasSubstr("throttled: the GPU's clock was held down"));
}

// Which rounds it fell on nobody knows, so sides that took turns are no better off; whichever of
// them it was.
TEST(GpuWatch, SidesThatTookTurnsOnAGpuThatWasHeldDownGetNoVerdict) {
  const Json held = record_with(forty_looks(3)), free = record_with(forty_looks(0));
  EXPECT_EQ(decide_rounds(free, free, {}).reason.find("throttled"), std::string::npos);
  for (const auto& [a, b] : {std::pair{held, free}, std::pair{free, held}, std::pair{held, held}}) {
    const Decision decision = decide_rounds(a, b, {});
    EXPECT_EQ(decision.verdict, Verdict::undecided);
    EXPECT_THAT(decision.reason, HasSubstr("throttled: the GPU's clock was held down in 3 of 40"));
  }
}

TEST(GpuWatch, WhatTheGpuDidIsWorkedOutAgain) {
  const Json good = record_with(forty_looks(3));
  ASSERT_TRUE(check_figures(good, {}).empty());
  for (const auto& [path, value] : std::vector<std::pair<std::string, Json>>{
           {"/verdict", "clean"}, {"/reason", nullptr}, {"/sm_clk_mhz/max", 1}}) {
    Json record = good;
    record[Json::json_pointer("/health/gpu" + path)] = value;
    const auto findings = check_figures(record, {});
    ASSERT_FALSE(findings.empty()) << path;
    EXPECT_THAT(findings[0].field, HasSubstr("health.gpu"));
  }
  Json record = good;
  record["health"]["gpu"]["rounds"][3] = 41;
  EXPECT_FALSE(check_figures(record, {}).empty());
}

TEST(GpuEnergy, CountsFromTheStart) {
  double joules = 500;
  GpuEnergy energy([&] { return Counters{joules, {}, {}}; });
  EXPECT_EQ(energy.names(), std::vector<std::string>{"gpu"});
  joules = 512;
  EXPECT_DOUBLE_EQ(energy.joules().value(), 12);
  joules = 3;  // the driver was loaded anew
  EXPECT_FALSE(energy.joules());
  EXPECT_FALSE(energy.any());
  EXPECT_FALSE(GpuEnergy([] { return Counters(); }).any());
}

}  // namespace
}  // namespace aiops::bench
