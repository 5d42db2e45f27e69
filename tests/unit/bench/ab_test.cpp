// SPDX-License-Identifier: Apache-2.0
#include "bench/ab.hpp"

#include "base/error.hpp"
#include "bench/command.hpp"
#include "bench/hash.hpp"
#include "bench/team.hpp"
#include "bench/verification.hpp"
#include "example_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace aiops::bench {
namespace {

using testing::HasSubstr;

struct AbTest : testing::Test {
  AbTest() {
    rule.samples.count = 12;
    rule.samples.warm_up_ns = 0;
    rule.samples.shortest_ns = 0;
  }
  // A suite of one case that notes its turns.
  Suite noting(char letter) {
    Suite suite{"noting", 1, {}};
    suite.items.push_back({"", [this, letter] {
                             Group group;
                             group.cases.push_back({[this, letter] { turn(letter); }});
                             group.describe = [](const std::vector<Samples>& samples) {
                               Measurement m = example_measurement();
                               m.samples = samples[0];
                               return std::vector<Measurement>{m};
                             };
                             return group;
                           }});
    return suite;
  }
  void turn(char letter) {
    order += letter;
    if (order.size() == fails_at) throw Error(ExitCode::failed, "broken");
  }
  std::vector<StoredRecord> stored() const {
    std::vector<StoredRecord> all;
    for (const Json& record : records) all.push_back({record, "record"});
    return all;
  }

  AbRule rule;
  std::string order;
  std::size_t fails_at = 0;
  std::vector<Json> records;
  SilentStatus status;
  StopFlag stop;
  Bench bench{SampleRule(), 1, status, stop,
              [this](const Json& record) { records.push_back(record); }};
};

TEST_F(AbTest, SidesTakeTurnsInAnOrderThatTheSeedDecides) {
  const auto order_of = [&](std::uint64_t seed) {
    rule.samples.seed = seed;
    order.clear();
    measure_ab(noting('a'), noting('b'), rule, bench);
    return order;
  };
  const std::string first = order_of(1);
  ASSERT_EQ(first.size(), 26u);  // twelve rounds, and one call each to warm up
  for (std::size_t i = 2; i < first.size(); i += 2) EXPECT_NE(first[i], first[i + 1]);
  EXPECT_EQ(first, order_of(1));
  EXPECT_NE(first, order_of(2));
  EXPECT_EQ(records.back().at("method").at("seed"), 2);
  EXPECT_EQ(records.back().at("method").at("order"), "random");
}

TEST_F(AbTest, TheSecondRecordHasAVerdictThatCanBeWorkedOutAgain) {
  const auto pairs = measure_ab(noting('a'), noting('b'), rule, bench);
  ASSERT_EQ(pairs.size(), 1u);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_TRUE(records[0].at("gate").is_null());
  EXPECT_EQ(records[1].at("gate").at("n"), 12);
  const auto all = stored();
  for (const Json& record : records)
    for (const Finding& finding : check_figures(record, all))
      ADD_FAILURE() << finding.field << " " << finding.why;
}

TEST_F(AbTest, AFailureKeepsTheWholeRoundsBeforeIt) {
  fails_at = 2 + 2 * 5 + 2;  // in the second turn of the sixth round
  EXPECT_THROW(measure_ab(noting('a'), noting('b'), rule, bench), Error);
  ASSERT_EQ(records.size(), 2u);
  const auto all = stored();
  for (const Json& record : records) {
    EXPECT_EQ(record.at("samples").at("n"), 5);
    EXPECT_EQ(record.at("method").at("stop").at("reason"), "failed");
    EXPECT_TRUE(record.at("gate").is_null());
    EXPECT_TRUE(check_figures(record, all).empty());
  }
  records.clear();
  order.clear();
  fails_at = 1;
  EXPECT_THROW(measure_ab(noting('a'), noting('b'), rule, bench), Error);
  EXPECT_TRUE(records.empty());
}

TEST_F(AbTest, EndsWhenTheTimeIsOver) {
  rule.samples.count.reset();
  rule.samples.timeout_ns = 1;
  measure_ab(noting('a'), noting('b'), rule, bench);
  EXPECT_EQ(records.at(1).at("method").at("stop").at("reason"), "timeout");
  EXPECT_EQ(records.at(1).at("samples").at("n"), 1);
  EXPECT_EQ(records.at(1).at("gate").at("verdict"), "undecided");
}

TEST_F(AbTest, ManyCasesShareWhatChanceMayDo) {
  SampleRule inputs = rule.samples;
  const Bench side{inputs, usable_cpus().size(), status, stop, bench.emit};
  const auto pairs = measure_ab(hash_suite({{"sha256", "sha512"}, {64, 128}}, side),
                                hash_suite({{"sha256", "sha512"}, {64, 128}}, side), rule, bench);
  ASSERT_EQ(pairs.size(), 4u);
  EXPECT_EQ(pairs[3].candidate.at("gate").at("params").at("comparisons"), 4);
  EXPECT_EQ(pairs[1].baseline.at("workload"), pairs[1].candidate.at("workload"));
  EXPECT_THROW(measure_ab(hash_suite({{"sha256"}, {64}}, side),
                          hash_suite({{"sha256"}, {64, 128}}, side), rule, bench),
               Error);
}

std::string refusal(const std::vector<std::string>& words, const StopFlag& stop) {
  try {
    Command("A", words, stop).run();
  } catch (const Error& error) {
    return error.message;
  }
  return "";
}

TEST(Command, SaysHowItFailed) {
  const StopFlag stop;
  EXPECT_EQ(refusal({"true"}, stop), "");
  EXPECT_EQ(refusal({"false"}, stop), "A, 'false', ended with 1");
  EXPECT_EQ(refusal({"sh", "-c", "echo one >&2; echo 'two ' >&2; exit 3"}, stop),
            "A, 'sh -c 'echo one >&2; echo '\\''two '\\'' >&2; exit 3'', ended with 3: two");
  EXPECT_EQ(refusal({"sh", "-c", "kill -9 $$"}, stop),
            "A, 'sh -c 'kill -9 $$'', was ended by signal 9");
  EXPECT_THAT(refusal({"/no/such/program"}, stop), HasSubstr("cannot start A, '/no/such/program'"));
}

TEST(Command, ReadsNothingAndPrintsNowhere) {
  const StopFlag stop;
  Command command("A", {"sh", "-c", "cat; echo loud; echo loud >&2"}, stop);
  for (int i = 0; i < 3; ++i) command.run();
  EXPECT_EQ(command.runs(), 3u);
  EXPECT_GT(command.cpu_ns(), 0);
}

TEST(Command, ObeysTheStopFlag) {
  StopFlag stop;
  stop.request(SIGINT);
  try {
    Command("A", {"false"}, stop).run();
    FAIL() << "went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::interrupted);  // and not that it failed
  }
}

TEST(Command, WordsAreQuotedAsAPersonWould) {
  EXPECT_EQ(shell_words({"a", "b c", "", "it's", "--x=1"}), "a 'b c' '' 'it'\\''s' --x=1");
}

}  // namespace
}  // namespace aiops::bench
