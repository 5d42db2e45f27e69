// SPDX-License-Identifier: Apache-2.0
#include "train/data/delimited.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>

namespace aiops::train {
namespace {

using testing::ElementsAre;
using Records = std::vector<std::vector<std::string>>;

Records read(std::string_view text, char separator = ',') {
  DelimitedReader reader(text, separator, "t.csv");
  Records records;
  for (std::vector<std::string> record; reader.next(record);) records.push_back(record);
  return records;
}

std::string refusal(std::string_view text) {
  try {
    read(text);
  } catch (const Error& error) {
    return error.message;
  }
  return "accepted";
}

TEST(DelimitedReader, ReadsFieldsPlainAndQuoted) {
  EXPECT_EQ(read("a,b\n1,\"2\"\n"), (Records{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(read("\"a,\"\"b\"\"\n\",c\r\n\r\n,\r\n"), (Records{{"a,\"b\"\n", "c"}, {"", ""}}));
  EXPECT_EQ(read("a\tb, c", '\t'), (Records{{"a", "b, c"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a\n"),
            (Records{{"a"}}));
  EXPECT_EQ(read("it's \"so\",\r x\r"), (Records{{"it's \"so\"", "\r x\r"}}));
  EXPECT_EQ(read(""), Records());
  EXPECT_EQ(read("\n\n"), Records());
  EXPECT_EQ(read("\"\""), (Records{{""}}));
}

TEST(DelimitedReader, KnowsTheLineOfARecord) {
  DelimitedReader reader("a\n\n\"b\nc\",\"d\ne\"\nf", ',', "t.csv");
  std::vector<std::string> record;
  std::vector<std::string> where;
  while (reader.next(record)) where.push_back(reader.where());
  EXPECT_THAT(where, ElementsAre("t.csv:1", "t.csv:3", "t.csv:6"));
}

TEST(DelimitedReader, RefusesQuotesThatDoNotFit) {
  EXPECT_EQ(refusal("a\n\"b"), "t.csv:2: a quote is not closed");
  EXPECT_EQ(refusal("\"a\"b"), "t.csv:1: something follows a closing quote");
}

}  // namespace
}  // namespace aiops::train
