// SPDX-License-Identifier: Apache-2.0
#include "bench/stored.hpp"

#include "base/error.hpp"
#include "bench/verdict.hpp"
#include "example_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::bench {
namespace {

using testing::HasSubstr;

std::vector<StoredRecord> runs(std::size_t count, std::int64_t ns) {
  std::vector<StoredRecord> records;
  for (std::size_t i = 0; i < count; ++i)
    records.push_back({example_record(ns + static_cast<std::int64_t>(i)), std::to_string(i)});
  return records;
}

Json other_case() {
  Measurement m = example_measurement();
  m.workload["params"]["size_bytes"] = 8192;
  Json record = make_record(example_run(), m);
  record["duration_ns"] = 1'000'000'000;
  return record;
}

std::string refusal(const std::vector<StoredRecord>& before,
                    const std::vector<StoredRecord>& after) {
  try {
    match_cases(before, after);
  } catch (const Error& error) {
    return error.message;
  }
  return "";
}

TEST(Stored, MatchesCasesOfBothSides) {
  auto before = runs(7, 1000), after = runs(8, 1100);
  before.push_back({other_case(), "other"});
  after.insert(after.begin(), {other_case(), "other"});
  const auto cases = match_cases(before, after);
  ASSERT_EQ(cases.size(), 2u);
  EXPECT_EQ(cases[0].before.size(), 7u);
  EXPECT_EQ(cases[0].after.size(), 8u);
  const Decision decision = decide_runs(cases[0].before, cases[0].after, {});
  EXPECT_EQ(decision.verdict, Verdict::regression);
  EXPECT_NEAR(decision.effect, 0.1, 0.01);
  EXPECT_EQ(decide_runs(cases[1].before, cases[1].after, {}).verdict, Verdict::undecided);
}

TEST(Stored, NamesWhatDiffers) {
  auto before = runs(1, 1000), after = runs(1, 1000);
  after[0].json = other_case();
  EXPECT_THAT(
      refusal(before, after),
      HasSubstr("not comparable, they differ in workload.params.size_bytes: 4096 and 8192"));
  after.push_back({example_record(), "same"});
  EXPECT_THAT(refusal(before, after), HasSubstr("workload.params.size_bytes"));
  EXPECT_THAT(refusal(after, before), HasSubstr("workload.params.size_bytes"));
}

TEST(Stored, ACopyIsNoRun) {
  const auto before = runs(1, 1000);
  EXPECT_THAT(refusal(before, before), HasSubstr("is there twice"));
}

TEST(Stored, RefusesFiguresThatDoNotFollow) {
  const auto before = runs(1, 1000);
  auto after = runs(1, 1000);
  after[0].json["stats"]["median"] = 1;
  EXPECT_THAT(refusal(before, after), HasSubstr("stats.median says 1"));
}

}  // namespace
}  // namespace aiops::bench
