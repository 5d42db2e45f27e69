// SPDX-License-Identifier: Apache-2.0
#include "train/checkpoint/run_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kMetrics =
    "{\"step\":1,\"loss\":4,\"lr\":0.1,\"grad_norm\":2,\"tokens_per_second\":50}\n"
    "{\"step\":2,\"loss\":3,\"lr\":0.2,\"grad_norm\":1,\"tokens_per_second\":60,"
    "\"tokens\":12000,\"wall_seconds\":61}\n"
    "{\"step\":2,\"validation_loss\":3.5}\n"
    "{\"step\":2,\"prompt\":\"a <b>\",\"sample\":\" & c\"}\n"
    "no JSON\n"
    "{\"step\":3,\"loss\":1,\"lr\":0.1";  // cut short

TEST(RunHistory, ReadsWhatIsWhole) {
  const auto history = RunHistory::parse(kMetrics);
  EXPECT_THAT(history.loss.steps, ElementsAre(1, 2));
  EXPECT_THAT(history.loss.values, ElementsAre(4, 3));
  EXPECT_THAT(history.validation_loss.values, ElementsAre(3.5));
  EXPECT_THAT(history.gradient_norm.values, ElementsAre(2, 1));
  ASSERT_EQ(history.samples.size(), 1u);
  EXPECT_EQ(history.samples[0].text, " & c");
}

TEST(RunHistory, ThinsByMeans) {
  const Series all{{1, 2, 3, 4, 5}, {10, 20, 30, 40, 50}};
  const Series two = thinned(all, 2);
  EXPECT_THAT(two.steps, ElementsAre(1.5, 4));
  EXPECT_THAT(two.values, ElementsAre(15, 40));
  EXPECT_EQ(thinned(all, 5).values, all.values);
}

TEST(RunHistory, DrawsForATerminal) {
  EXPECT_THAT(draw({{1, 2, 3}, {3, 2, 1}}, 60, 3),
              ElementsAre("        3 |*", "        2 | *", "        1 |  *", "          +---",
                          "           step 1 to 3"));
  EXPECT_TRUE(draw({}, 60, 3).empty());
  EXPECT_EQ(draw({{7}, {2}}, 60, 3).size(), 5u);  // all alike
}

TEST(RunHistory, BecomesAPageOfItsOwn) {
  const std::string page = html_report(RunHistory::parse(kMetrics), "run<1>");
  EXPECT_THAT(page, HasSubstr("<title>run&lt;1&gt;</title>"));
  EXPECT_THAT(page, HasSubstr("a &lt;b&gt;</b> &amp; c"));
  EXPECT_THAT(page, HasSubstr("2 steps, 12K tokens in 1m01s; the loss went from 4.0000 to 3.0000, "
                              "the validation loss to 3.5"));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, Not(HasSubstr("http")));  // nothing is fetched
  EXPECT_THAT(html_report({}, "empty"), Not(HasSubstr("<svg")));
}

// Lines of the grid are at round numbers, and say them.
TEST(RunHistory, HasRoundNumbersBesideItsCurves) {
  RunHistory history;
  for (int i = 1; i <= 400; ++i) {
    history.loss.steps.push_back(i);
    history.loss.values.push_back(6.9467 - 0.008 * i);
  }
  history.validation_loss = {{100, 200, 400}, {6, 3.6, 3.7}};
  history.tokens_per_second = {{1, 400}, {50430, 20700}};
  const std::string page = html_report(history, "run");
  for (const char* value : {">3<", ">4<", ">7<", ">100<", ">400<", ">0<", ">20K<", ">60K<"})
    EXPECT_THAT(page, HasSubstr(value));
  EXPECT_THAT(page, HasSubstr("(lowest 3.6000, at step 200)"));
  EXPECT_THAT(page, HasSubstr("class=\"a raw\""));  // and its means before it
}

}  // namespace
}  // namespace aiops::train
