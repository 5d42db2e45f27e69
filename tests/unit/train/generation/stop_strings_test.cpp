// SPDX-License-Identifier: Apache-2.0
#include "train/generation/stop_strings.hpp"

#include <gtest/gtest.h>

namespace aiops::train {
namespace {

struct Said {
  std::string text;
  bool found;
};

Said say(const std::string& text, std::vector<std::string> strings, std::size_t piece) {
  StopStrings stops(std::move(strings));
  std::string said;
  for (std::size_t at = 0; at < text.size(); at += piece)
    said += stops.push(std::string_view(text).substr(at, piece));
  said += stops.finish();
  return {said, stops.is_found()};
}

TEST(StopStrings, EndTheTextWhereTheFirstBegins) {
  for (std::size_t piece = 1; piece < 12; ++piece) {
    EXPECT_EQ(say("one two END three", {"END"}, piece).text, "one two ");
    EXPECT_EQ(say("one two END three", {"three", "two E"}, piece).text, "one ");
    EXPECT_EQ(say("aaab", {"aab"}, piece).text, "a");  // begins inside a failed beginning
    EXPECT_EQ(say("END", {"END"}, piece).text, "");
    EXPECT_TRUE(say("END", {"END"}, piece).found);
  }
}

TEST(StopStrings, LoseNothingThatOnlyBeginsLikeOne) {
  for (std::size_t piece = 1; piece < 8; ++piece) {
    const Said said = say("one EN two E", {"END", ""}, piece);
    EXPECT_EQ(said.text, "one EN two E");
    EXPECT_FALSE(said.found);
  }
}

TEST(StopStrings, HoldBackNoMoreThanTheyMust) {
  StopStrings stops({"\n\n", "User:"});
  EXPECT_EQ(stops.push("Hello Us"), "Hello ");
  EXPECT_EQ(stops.push("ually"), "Usually");
  EXPECT_EQ(stops.push("\n"), "");
  EXPECT_EQ(stops.push("x"), "\nx");
}

}  // namespace
}  // namespace aiops::train
