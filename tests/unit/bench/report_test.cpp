// SPDX-License-Identifier: Apache-2.0
#include "bench/report.hpp"

#include "bench/record_rows.hpp"
#include "example_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <regex>
#include <string>
#include <vector>

namespace aiops::bench {
namespace {

using testing::HasSubstr;
using testing::Not;

StoredRecord stored(Json record, std::string standing = {}) {
  return {std::move(record), "file.jsonl", std::move(standing)};
}

Json at_time(const char* started_at, std::int64_t ns = 1000) {
  Json record = example_record(ns);
  record["started_at"] = started_at;
  return record;
}

// Products of 64 x 64 at a fifth of 100 GFLOP/s, and 16 operations for each byte.
Json product(double per_ns = 20) {
  Measurement m = example_measurement();
  m.workload = {{"kind", "gemm"},
                {"params", {{"m", 64}, {"threads", 1}}},
                {"dtype", "fp32"},
                {"flops", 20000},
                {"bytes_min", 1250}};
  m.rate = {"gflop_s", "GFLOP/s", per_ns * 1000};
  m.peak_per_ns = 100;
  return make_record(example_run(), m);
}

Json loop(std::int64_t size, double per_call) {
  Measurement m = example_measurement();
  m.workload = {
      {"kind", "memory"}, {"params", {{"size_bytes", size}, {"threads", 1}}}, {"dtype", "fp64"}};
  m.rate.per_call = per_call;
  m.peak_per_ns = {};
  return make_record(example_run(), m);
}

std::size_t count(const std::string& text, const std::string& what) {
  std::size_t n = 0;
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++n;
  return n;
}

// The d of each path of a class, in order.
std::vector<std::string> paths(const std::string& page, const std::string& kind) {
  std::vector<std::string> found;
  const std::regex path("<path class=\"" + kind + "\" d=\"([^\"]*)\"");
  for (std::sregex_iterator at(page.begin(), page.end(), path), end; at != end; ++at)
    found.push_back((*at)[1]);
  return found;
}

TEST(Report, DrawsEachRecordTwiceAndSaysItsFigure) {
  const std::string page = html_of({stored(example_record())});
  EXPECT_EQ(count(page, "<svg"), 2U);
  EXPECT_THAT(page, HasSubstr("copy: size_bytes 4096; test"));
  EXPECT_THAT(page, HasSubstr("GB/s ± "));
  EXPECT_THAT(page, HasSubstr("% of what the machine could do"));
  EXPECT_THAT(page, HasSubstr("40 samples, "));
}

TEST(Report, SaysWhoVouchesForARecord) {
  EXPECT_THAT(html_of({stored(example_record(), "not signed: a claim")}),
              HasSubstr("<p>file.jsonl: not signed: a claim</p>"));
  EXPECT_THAT(drawing_of({stored(example_record(), "not signed: a claim")}, 60),
              HasSubstr("\nfile.jsonl: not signed: a claim\n"));
  EXPECT_THAT(html_of({stored(example_record())}), Not(HasSubstr("claim")));
}

TEST(Report, WordsOfARecordAreNoMarkup) {
  Json record = example_record();
  record["engine"]["name"] = "<script>";
  const std::string page = html_of({stored(record, "<b>"), stored(record)});
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, Not(HasSubstr("<b>")));
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;"));
}

TEST(Report, AHistoryIsInOrderOfTimeWithIntervals) {
  const std::string page = html_of({stored(at_time("2026-01-03T00:00:00Z", 2000)),
                                    stored(at_time("2026-01-01T00:00:00Z", 1000)),
                                    stored(at_time("2026-01-05T00:00:00Z", 1000))});
  EXPECT_THAT(page, HasSubstr("run by run, GB/s, in days after the first, with 95 % intervals"));
  const auto curve = paths(page, "a raw");
  ASSERT_FALSE(curve.empty());
  // Half-way in time, and half as fast: a higher y is further down.
  std::smatch y;
  ASSERT_TRUE(std::regex_match(curve[0], y,
                               std::regex("M0\\.0 ([0-9.]+)L500\\.0 ([0-9.]+)L1000\\.0 ([0-9.]+)")))
      << curve[0];
  EXPECT_GT(std::stod(y[2]), std::stod(y[1]) + 100);
  EXPECT_NEAR(std::stod(y[3]), std::stod(y[1]), 1);
  ASSERT_EQ(paths(page, "a bars").size(), 1U);
  EXPECT_EQ(count(paths(page, "a bars")[0], "V"), 3U);
}

TEST(Report, RunsOfOneSecondAreOneByOne) {
  const Json once = at_time("2026-01-01T00:00:00Z");
  EXPECT_THAT(html_of({stored(once), stored(once)}), HasSubstr("run by run, GB/s, one by one"));
  const Json never = at_time("some time");
  EXPECT_THAT(html_of({stored(never), stored(once)}), HasSubstr("run by run, GB/s, one by one"));
}

TEST(Report, HistoriesAreInTheOrderOfTheRecords) {
  std::vector<StoredRecord> records;
  for (int run = 0; run < 2; ++run)
    for (const std::int64_t size : {7, 3, 9, 1, 8, 2}) records.push_back(stored(loop(size, 8192)));
  const std::string page = html_of(records);
  std::size_t last = 0;
  for (const char* size : {"7", "3", "9", "1", "8", "2"}) {
    const auto at = page.find("size_bytes " + std::string(size) + ", threads 1; test, run by run");
    ASSERT_NE(at, std::string::npos) << size;
    EXPECT_GT(at, last) << size;
    last = at;
  }
}

// Samples of half a microsecond span far less than one.
TEST(Report, LabelsStayBesideTheirChart) {
  const std::string page = html_of({stored(example_record()), stored(product())});
  const std::regex label("class=\"x\" style=\"left:([^%]*)%");
  std::size_t labels = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), label), end; at != end; ++at, ++labels)
    EXPECT_LE(std::stod((*at)[1]), 100.05) << at->str();
  EXPECT_GT(labels, 4U);
}

TEST(Report, OtherWorkHasNoHistory) {
  EXPECT_THAT(html_of({stored(product()), stored(loop(4096, 8192))}), Not(HasSubstr("run by run")));
}

TEST(Report, ARooflineHasTheRoofsThatWereMeasured) {
  const std::string flat = html_of({stored(product())});
  EXPECT_THAT(flat, HasSubstr("operations for each byte"));
  EXPECT_THAT(flat, HasSubstr("measured ceiling 100 GFLOP/s"));
  EXPECT_THAT(flat, Not(HasSubstr("measured ceiling 100 GFLOP/s; measured")));
  EXPECT_EQ(paths(flat, "b").size(), 1U);
  EXPECT_EQ(count(paths(flat, "b")[0], "L"), 0U);

  // 40 samples of about 1 us for two calls: 8192 bytes a call are about 16 GB/s. The loops over
  // the largest arrays are memory; those over small ones are a cache.
  const std::string both = html_of({stored(product()), stored(loop(1 << 12, 99999)),
                                    stored(loop(1 << 28, 4096)), stored(loop(1 << 28, 8192))});
  EXPECT_TRUE(std::regex_search(
      both, std::regex("measured ceiling 100 GFLOP/s; measured 1[56]\\.[0-9]+ GB/s")));
  EXPECT_EQ(count(paths(both, "b")[0], "L"), 1U);  // a slope
  EXPECT_EQ(count(paths(both, "b")[0], "H"), 1U);  // and the flat roof
}

// Copies to a GPU are of no memory of its own, and no roof of the CPU beside it is drawn over it.
TEST(Report, ARooflineOfAGpuHasNoRoofOfTheCpu) {
  Json on_gpu = product();
  on_gpu["gpu"] = Json::array({{{"name", "Some GPU"}}});
  on_gpu["peak"] = nullptr;
  Json upload = loop(1 << 28, 8192);
  upload["gpu"] = on_gpu["gpu"];
  const std::string alone = html_of({stored(on_gpu), stored(upload), stored(loop(1 << 28, 8192))});
  EXPECT_THAT(alone, HasSubstr("operations for each byte, Some GPU"));
  EXPECT_THAT(alone, Not(HasSubstr("measured ceiling")));
  EXPECT_THAT(alone, Not(HasSubstr("; measured 1")));
  EXPECT_THAT(html_of({stored(on_gpu), stored(product())}),
              HasSubstr("measured ceiling 100 GFLOP/s"));
}

// A model's tokens, whose ceiling is two: reads of `weights` bytes, and operations.
Json tokens(std::int64_t weights, double read_gb_s, double gflop_s) {
  Measurement m = example_measurement();
  m.workload = {{"kind", "generate"}, {"params", {{"test", "tg1"}, {"threads", 1}}},
                {"dtype", "fp32"},    {"flops", 20000},
                {"bytes_min", 1250},  {"weight_bytes", weights}};
  m.rate = {"tokens_s", "tokens/s", 1e9};
  m.peak_per_ns = 1e9;
  m.peak_detail = {{"read_gb_s", read_gb_s}, {"gflop_s", gflop_s}};
  return make_record(example_run(), m);
}

TEST(Report, ARooflineTakesItsRoofsFromTheDetailOfACeiling) {
  const std::string both =
      html_of({stored(tokens(1 << 28, 21.5, 87)), stored(tokens(1 << 20, 90, 80))});
  EXPECT_THAT(both, HasSubstr("measured ceiling 87 GFLOP/s; measured 21.5 GB/s"));
  EXPECT_EQ(count(paths(both, "b")[0], "L"), 1U);
  // Loops over arrays that are larger than the model say more of memory; those over smaller do not.
  EXPECT_THAT(html_of({stored(tokens(1 << 20, 90, 80)), stored(loop(1 << 28, 8192))}),
              Not(HasSubstr("measured 90 GB/s")));
  EXPECT_THAT(html_of({stored(loop(1 << 12, 8192)), stored(tokens(1 << 20, 90, 80))}),
              HasSubstr("measured 90 GB/s"));
}

// 16 operations for each byte, and 20000 operations in about half a microsecond: both axes have
// the decades 10 to 100.
TEST(Report, APointOfARooflineLiesWhereItsLogarithmsAre) {
  const auto dots = paths(html_of({stored(product())}), "a dots");
  ASSERT_EQ(dots.size(), 1U) << "curves of 40 points have no dots";
  double x = 0, y = 0;
  ASSERT_EQ(std::sscanf(dots[0].c_str(), "M%lf %lf", &x, &y), 2) << dots[0];
  EXPECT_NEAR(x, (std::log10(16.0) - 1) * 1000, 1);
  const double median = product()["stats"]["median"].get<double>();
  EXPECT_NEAR(y, 1000 - (std::log10(20000 / (median / 2)) - 1) * 1000, 1);
}

TEST(Report, NoRooflineWithoutOperationsAndBytes) {
  EXPECT_THAT(html_of({stored(example_record())}), Not(HasSubstr("operations for each byte")));
}

TEST(Report, ATableInMarkdown) {
  const std::string text = markdown_of({stored(example_record(), "not signed: a claim")});
  EXPECT_EQ(count(text, "\n"), 3U);
  EXPECT_TRUE(std::regex_search(
      text, std::regex("\n\\| copy: size\\\\_bytes 4096 \\| test \\| 16\\.[0-9]+ GB/s \\| "
                       "1[56]\\.[0-9]+ to 16\\.[0-9]+ \\| 5[01] % \\| 40 \\| [a-z]+ \\| [^|]+ \\| "
                       "not signed: a claim \\|\n$")))
      << text;
}

TEST(Report, CellsOfMarkdownHoldTogether) {
  Json record = example_record();
  record["engine"]["name"] = "a|b\n<c>";
  const std::string text = markdown_of({stored(record)});
  EXPECT_THAT(text, HasSubstr("a\\|b"));
  EXPECT_THAT(text, HasSubstr("\\<c\\>"));
  EXPECT_EQ(count(text, "\n"), 3U);
}

TEST(Report, RowsOfCsvKeepTheNumbers) {
  Json record = example_record();
  record["engine"]["name"] = "=a,\"b\"";
  const std::string text = csv_of({stored(record)});
  const std::string header = text.substr(0, text.find('\n'));
  EXPECT_EQ(header,
            "workload,engine,metric,value,unit,ci95_low,ci95_high,share_of_ceiling,n,stopped,host,"
            "started_at,id,standing");
  EXPECT_THAT(text, HasSubstr("\ncopy: size_bytes 4096,\"'=a,\"\"b\"\"\",gb_s," +
                              to_text(record["metrics"][0]["value"]) + ",GB/s,"));
  EXPECT_EQ(count(text, "\n"), 2U);
}

TEST(Report, WhatWasNotMeasuredIsAnEmptyCell) {
  Json record = example_record();
  record["peak"] = nullptr;
  record["metrics"][0]["ci95"] = nullptr;
  EXPECT_THAT(csv_of({stored(record)}), HasSubstr(",GB/s,,,,40,"));
  EXPECT_THAT(markdown_of({stored(record)}), HasSubstr(" GB/s |  |  | 40 |"));
}

}  // namespace
}  // namespace aiops::bench
