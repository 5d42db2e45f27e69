// SPDX-License-Identifier: Apache-2.0
#include "bench/verification.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "bench/canonical.hpp"
#include "bench/verdict.hpp"
#include "example_record.hpp"

#include <gtest/gtest.h>

#include <filesystem>

namespace aiops::bench {
namespace {

std::string first_field(const Json& record, std::span<const StoredRecord> all = {}) {
  const auto findings = check_figures(record, all);
  return findings.empty() ? "" : findings[0].field;
}

// Every figure, changed by hand, is the one that is named.
TEST(Verification, NamesTheFieldThatWasEdited) {
  const Json good = example_record();
  EXPECT_EQ(first_field(good), "");
  const std::vector<std::pair<std::string, Json>> edits = {
      {"/schema", "dev.aiops.bench/v2"},
      {"/stats/median", 1},
      {"/stats/mad", 1},
      {"/stats/p5", 1},
      {"/stats/ci95/0", 1},
      {"/stats/n_effective", 41.5},
      {"/stats/outliers", 1},
      {"/metrics/0/value", 99},
      {"/metrics/0/ci95/1", 99},
      {"/peak/frac_of/measured", 0.99},
      {"/peak/measured", 16},
      {"/samples/n", 41},
      {"/method/stop/reason", "converged"},
      {"/method/isolation", "isolated"},
      {"/method/calls_per_sample", 1},
      {"/host/kernel", "another"},
      {"/host/cpu/model", "another"},
      {"/host/fp_sha256", std::string(64, '0')},
      {"/workload/params/size_bytes", 8192},
      {"/comparable_sha256", std::string(64, '0')},
      {"/duration_ns", 5}};
  for (const auto& [pointer, value] : edits) {
    Json record = good;
    record[Json::json_pointer(pointer)] = value;
    const std::string field = first_field(record);
    EXPECT_NE(field, "") << pointer;
    std::string path = pointer.substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    if (pointer.starts_with("/stats") || pointer.starts_with("/method/stop")) {
      EXPECT_TRUE(path.starts_with(field)) << pointer << " is called " << field;
    }
  }
  Json record = good;
  record["samples"]["values"][3] = 5;
  EXPECT_TRUE(first_field(record).starts_with("stats.")) << first_field(record);
  record = good;
  record["metrics"][0]["per_call"] = 16384;
  EXPECT_TRUE(first_field(record).starts_with("metrics[0].")) << first_field(record);
  record["metrics"][0].erase("per_call");
  EXPECT_EQ(first_field(record), "metrics[0].per_call");
}

TEST(Verification, ARecordThatIsNoneIsRefused) {
  const Json good = example_record();
  for (const char* part : {"samples", "stats", "metrics", "host", "workload", "engine", "method"}) {
    Json record = good;
    record.erase(part);
    EXPECT_EQ(first_field(record), part);
    for (const Json& other :
         {Json(3), Json(nullptr), Json::array(), Json::object(), Json("text")}) {
      record[part] = other;
      EXPECT_NE(first_field(record), "") << part << " " << other;
    }
  }
  for (const char* text : {"/id", "/started_at", "/workload/kind"}) {
    Json record = good;
    record[Json::json_pointer(text)] = 7;
    std::string path = std::string(text).substr(1);
    std::replace(path.begin(), path.end(), '/', '.');
    EXPECT_EQ(first_field(record), path);
  }
  EXPECT_EQ(first_field(Json(3)), "schema");
  EXPECT_EQ(first_field(Json::array()), "schema");
  Json record = good;
  record["samples"]["values"][0] = -1;
  EXPECT_EQ(first_field(record), "samples.values[0]");
  record["samples"]["values"] = Json::array();
  EXPECT_EQ(first_field(record), "samples.values");
  record = good;
  record["samples"]["values"][1] = 1000.5;
  EXPECT_EQ(first_field(record), "samples");
}

TEST(Verification, ARecordIsOfTheArtifactThatItNames) {
  const std::string artifact = "sha256:" + std::string(64, '1');
  Json record = example_record();
  EXPECT_FALSE(check_subject(record, artifact));  // it names none
  record["subject"] = {{"manifest_digest", artifact}};
  EXPECT_FALSE(check_subject(record, artifact));
  for (const Json& other : {Json{{"manifest_digest", "sha256:2"}}, Json::object(), Json(3)}) {
    record["subject"] = other;
    const auto finding = check_subject(record, artifact);
    ASSERT_TRUE(finding) << other;
    EXPECT_EQ(finding->field, "subject.manifest_digest");
  }
}

TEST(Verification, DecidesOnceMoreWhySamplingStopped) {
  SampleRule rule;
  rule.min_ns = 0;
  Measurement m = example_measurement();
  m.samples.values.resize(20);
  m.samples.stop = StopReason::converged;
  Json record = make_record(bench::Run(rule, 1), m);
  record["duration_ns"] = 1'000'000;
  ASSERT_EQ(first_field(record), "method.stop.reason");  // four percent apart: not narrow
  m.samples.values.assign(20, 1000);
  record = make_record(bench::Run(rule, 1), m);
  record["duration_ns"] = 1'000'000;
  EXPECT_EQ(first_field(record), "");
}

TEST(Verification, WorksAComparisonOutAgain) {
  const Json a = example_record();
  Json b = example_record(1100);
  const GatePolicy policy;
  b["gate"] = gate_json(decide_rounds(a, b, policy), policy, "rounds");
  b["gate"]["baseline_digest"] = record_digest(a);
  EXPECT_EQ(b["gate"]["verdict"], "regression");
  const std::vector<StoredRecord> both = {{a, "1"}, {b, "2"}};
  EXPECT_EQ(first_field(b, both), "");
  EXPECT_EQ(first_field(b, std::span(both).last(1)), "gate.baseline_digest");
  Json edited = b;
  edited["gate"]["verdict"] = "ok";
  EXPECT_EQ(first_field(edited, both), "gate.verdict");
  edited = b;
  edited["gate"]["p"] = 0.5;
  EXPECT_EQ(first_field(edited, both), "gate.p");
  edited["gate"] = Json::object();
  EXPECT_EQ(first_field(edited, both), "gate.baseline_digest");
}

TEST(Verification, ReadsOneRecordAnArrayOrLines) {
  const auto file =
      std::filesystem::temp_directory_path() / ("aiops-records-" + make_uuid7() + ".json");
  const Json record = example_record();
  const std::string line = to_canonical(record);
  const auto read = [&](const std::string& text) {
    write_file_atomically(file, text);
    return read_records(file);
  };
  EXPECT_EQ(read(line).size(), 1u);
  EXPECT_EQ(read(line + "\n").size(), 1u);
  EXPECT_EQ(read(line + "\n\n" + line + "\n").size(), 2u);
  EXPECT_TRUE(read(line + "\n\n" + line + "\n")[1].where.ends_with(".json:3"));
  EXPECT_EQ(read(record.dump(2)).size(), 1u);
  EXPECT_EQ(read("[" + line + ",\n" + line + "]").size(), 2u);
  for (const char* wrong : {"", "\n \n", "[]", "{", "nonsense"}) EXPECT_THROW(read(wrong), Error);
  try {
    read(line + "\n{\"half\":\n");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_NE(error.message.find(".json:2: not valid JSON"), std::string::npos) << error.message;
  }
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace aiops::bench
