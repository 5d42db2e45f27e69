// SPDX-License-Identifier: Apache-2.0
#include "bench/caches.hpp"

#include "bench/verdict.hpp"
#include "bench/verification.hpp"
#include "example_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::bench {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using Data = SampleRule::Data;

constexpr std::int64_t kLast = 8 << 20;  // bytes of the last cache

// A record of so many bytes on a CPU of that cache.
Json record_of(std::optional<std::int64_t> working_set, Data meant = Data::anywhere) {
  Run run = example_run();
  run.rule.data = meant;
  run.host["cpu"]["cache_bytes"] = {{"l3", kLast}};
  run.host["fp_sha256"] = host_fingerprint(run.host);
  Measurement m = example_measurement();
  m.working_set = working_set;
  Json record = make_record(run, m);
  record["duration_ns"] = 1'000'000'000;
  return record;
}

Decision rounds_of(const Json& a, const Json& b) { return decide_rounds(a, b, {}); }

// Seven runs of one side and seven of the other, that take as long.
Decision runs_of(const Json& a, const Json& b) {
  return decide_runs(std::vector<Json>(7, a), std::vector<Json>(7, b), {});
}

TEST(Caches, SayWhetherACallFindsItsDataInTheCaches) {
  const Json cpu = {{"cache_bytes", {{"l1", 1000}, {"l2", nullptr}, {"l3", 8000}}}};
  const auto state = [&](std::optional<std::int64_t> bytes, bool in_a_row = true) {
    return cache_json(bytes, cpu, in_a_row, Data::anywhere).at("state");
  };
  EXPECT_EQ(state(4000), "warm");
  EXPECT_TRUE(state(4001).is_null());
  EXPECT_TRUE(state(4000, false).is_null());  // other cases came in between
  EXPECT_TRUE(state(31'999).is_null());
  EXPECT_EQ(state(32'000), "cold");
  EXPECT_EQ(state(32'000, false), "cold");
  EXPECT_TRUE(state(std::nullopt).is_null());
  EXPECT_EQ(cache_json(1, cpu, true, Data::anywhere).at("last_level_bytes"), 8000);
  EXPECT_TRUE(cache_json(1, nullptr, true, Data::anywhere).at("state").is_null());
}

TEST(Caches, WhatWasMeantColdAndIsWarmGetsNoVerdict) {
  const Json warm = record_of(4096), cold = record_of(4 * kLast);
  EXPECT_EQ(rounds_of(warm, warm).verdict, Verdict::ok);
  EXPECT_EQ(runs_of(warm, warm).verdict, Verdict::ok);
  const Json meant = record_of(4 * kLast, Data::cold);
  EXPECT_FALSE(not_cold(meant));
  EXPECT_EQ(rounds_of(meant, cold).verdict, Verdict::ok);
  for (const auto& bytes : {std::optional<std::int64_t>(4096), {kLast}, {}}) {
    const Json record = record_of(bytes, Data::cold);
    ASSERT_TRUE(not_cold(record));
    for (const Decision& decision :
         {rounds_of(record, record), rounds_of(meant, record), runs_of(record, record)}) {
      EXPECT_EQ(decision.verdict, Verdict::undecided);
      EXPECT_THAT(decision.reason, StartsWith("warm: its data was meant to be in no cache, and "));
    }
  }
  EXPECT_THAT(*not_cold(record_of(kLast, Data::cold)),
              HasSubstr("8.0 MiB are not four times the last one, 8.0 MiB"));
}

TEST(Caches, WarmAgainstColdGetsNoVerdict) {
  const Json warm = record_of(4096), cold = record_of(4 * kLast), neither = record_of(kLast);
  EXPECT_EQ(rounds_of(warm, cold).reason,
            "warm and cold: the first side is warm and the second cold");
  EXPECT_EQ(rounds_of(warm, cold).verdict, Verdict::undecided);
  EXPECT_EQ(rounds_of(cold, warm).verdict, Verdict::undecided);
  EXPECT_EQ(rounds_of(warm, neither).verdict, Verdict::ok);  // nobody knows
  EXPECT_EQ(runs_of(warm, cold).reason,
            "warm and cold: of 14 runs 7 are warm, 7 cold and 0 not surely either");
  EXPECT_EQ(runs_of(warm, neither).verdict, Verdict::undecided);  // the same work, run otherwise
  Json silent = warm;  // of a program that said nothing of caches
  silent["method"].erase("cache");
  EXPECT_EQ(runs_of(warm, silent).verdict, Verdict::ok);
}

TEST(Caches, WhatWasMeantIsKeptAndStatesAreWorkedOutAgain) {
  Json record = record_of(4096, Data::cold);
  EXPECT_EQ(record["method"]["cache"]["meant"], "cold");
  EXPECT_TRUE(check_figures(record, {}).empty());
  record["method"]["cache"]["state"] = "cold";
  ASSERT_FALSE(check_figures(record, {}).empty());
  EXPECT_EQ(check_figures(record, {})[0].field, "method.cache.state");
  record = record_of(4096, Data::cold);
  record["method"]["cache"]["meant"] = "warm";
  EXPECT_EQ(check_figures(record, {})[0].field, "method.cache.meant");
}

}  // namespace
}  // namespace aiops::bench
