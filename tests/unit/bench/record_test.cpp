// SPDX-License-Identifier: Apache-2.0
#include "bench/record.hpp"

#include "base/error.hpp"
#include "bench/canonical.hpp"
#include "bench/verification.hpp"
#include "example_record.hpp"

#include <gtest/gtest.h>

#include <set>

namespace aiops::bench {
namespace {

TEST(Record, GoesThroughItsTextUnchanged) {
  const Json record = example_record();
  const std::string text = to_canonical(record);
  const Json again = parse_json(text, "record");
  EXPECT_EQ(to_canonical(again), text);
  EXPECT_TRUE(check_figures(again, {}).empty());
}

TEST(Record, RatesFollowFromTheMedianAndTheCallsInASample) {
  const Json record = example_record();
  const Json& metric = record.at("metrics").at(0);
  EXPECT_NEAR(metric.at("value").get<double>(), 2 * 8192 / 1019.5, 1e-3);
  EXPECT_LT(metric.at("ci95").at(0), metric.at("value"));
  EXPECT_GT(metric.at("ci95").at(1), metric.at("value"));
  EXPECT_NEAR(record.at("peak").at("frac_of").at("measured").get<double>(), 0.502, 1e-3);
}

// What a maker promises stands apart from what was measured, and alone where nothing was.
TEST(Record, APromiseIsNoMeasurement) {
  Measurement m = example_measurement();
  m.promise = {.per_ns = 64, .source = "a datasheet"};
  const Json both = make_record(example_run(), m).at("peak");
  EXPECT_EQ(both.at("source"), "measured");
  EXPECT_EQ(both.at("datasheet"), 64);
  EXPECT_EQ(both.at("measured"), 32);
  EXPECT_NEAR(both.at("frac_of").at("datasheet").get<double>(), 0.251, 1e-3);
  EXPECT_EQ(both.at("detail").at("datasheet"), "a datasheet");
  m.peak_per_ns.reset();
  Json record = make_record(example_run(), m);
  record["duration_ns"] = 1'000'000'000;
  EXPECT_EQ(record.at("peak").at("source"), "datasheet");
  EXPECT_TRUE(record.at("peak").at("measured").is_null());
  EXPECT_FALSE(record.at("peak").at("frac_of").contains("measured"));
  EXPECT_TRUE(check_figures(record, {}).empty());
  record["peak"]["datasheet"] = 65;
  EXPECT_FALSE(check_figures(record, {}).empty());
}

TEST(Record, NotMeasuredIsNull) {
  const Json record = example_record();
  EXPECT_TRUE(record.at("stats").at("p99").is_null());  // 40 samples hold no p99
  EXPECT_TRUE(record.at("energy").is_null());
  EXPECT_TRUE(record.at("stats").at("median").is_number_integer());
}

TEST(Record, ComparableMeansTheSameWorkOnTheSameMachine) {
  const Json first = example_record();
  Json second = example_record();
  EXPECT_NE(first.at("id"), second.at("id"));
  EXPECT_EQ(comparable_hash(first), comparable_hash(second));
  second["engine"]["version"] = "2";  // what one wants to compare
  EXPECT_EQ(comparable_hash(first), comparable_hash(second));
  second["host"]["cpu"]["model"] = "another";
  EXPECT_NE(comparable_hash(first), comparable_hash(second));
}

TEST(Record, IdentifiersAreOfVersion7AndAreAllDifferent) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    const std::string id = make_uuid7();
    ASSERT_EQ(id.size(), 36u);
    EXPECT_EQ(id[14], '7');
    EXPECT_NE(std::string("89ab").find(id[19]), std::string::npos);
    EXPECT_EQ(id[8], '-');
    EXPECT_EQ(id[23], '-');
    ids.insert(id);
  }
  EXPECT_EQ(ids.size(), 100u);
}

TEST(Host, TheFingerprintForgetsWhatPasses) {
  Json host = describe_host();
  const std::string fingerprint = host_fingerprint(host);
  EXPECT_EQ(host.at("fp_sha256"), fingerprint);
  host["load1"] = 99;
  host["steal_pct"] = 5;
  EXPECT_EQ(host_fingerprint(host), fingerprint);
  host["kernel"] = "another";
  EXPECT_NE(host_fingerprint(host), fingerprint);
  EXPECT_GT(host.at("cpu").at("threads"), 0);
  EXPECT_GT(host.at("mem").at("total"), 0);
}

// A call is warm or cold where that is sure, and otherwise neither.
TEST(Record, ItsCacheStateIsWorkedOutAgain) {
  Measurement m = example_measurement();
  m.working_set = 64;
  Json good = make_record(example_run(), m);
  good["duration_ns"] = 1'000'000'000;
  ASSERT_TRUE(check_figures(good, {}).empty());
  for (const auto& [name, value] : std::vector<std::pair<std::string, Json>>{
           {"state", "cold"}, {"working_set_bytes", 1.5}, {"flushed_bytes", 1}}) {
    Json record = good;
    record["method"]["cache"][name] = value;
    EXPECT_FALSE(check_figures(record, {}).empty()) << name;
  }
  good["method"].erase("cache");
  EXPECT_TRUE(check_figures(good, {}).empty());
}

}  // namespace
}  // namespace aiops::bench
