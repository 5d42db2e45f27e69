// SPDX-License-Identifier: Apache-2.0
#include "base/units.hpp"

#include "base/error.hpp"
#include "base/spelling.hpp"

#include <gtest/gtest.h>

namespace aiops {
namespace {

TEST(Units, FormatForPeople) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(1023), "1023 B");
  EXPECT_EQ(format_bytes(1536), "1.5 KiB");
  EXPECT_EQ(format_bytes(2147483648), "2.0 GiB");
  EXPECT_EQ(format_count(999), "999");
  EXPECT_EQ(format_count(134515008), "134.5M");
  EXPECT_EQ(format_count(4000000), "4M");
  EXPECT_EQ(format_duration(0.42), "0.4s");
  EXPECT_EQ(format_duration(185), "3m05s");
  EXPECT_EQ(format_duration(7800), "2h10m");
  EXPECT_EQ(format_number(0.1), "0.1");
}

TEST(Units, ParseBytes) {
  EXPECT_EQ(parse_bytes("512", "t"), 512u);
  EXPECT_EQ(parse_bytes("64KiB", "t"), 65536u);
  EXPECT_EQ(parse_bytes("1.5G", "t"), 1610612736u);
  for (const char* bad : {"", "x", "-1", "5q", "1KiBs", "nan", "1e30", "iB"})
    EXPECT_THROW(parse_bytes(bad, "t"), Error) << bad;
}

TEST(Spelling, FindsTheNearestWordOnly) {
  const std::vector<std::string> verbs = {"push", "pull", "pack", "train"};
  EXPECT_EQ(nearest("pussh", verbs), "push");
  EXPECT_EQ(nearest("tarin", verbs), "train");
  EXPECT_FALSE(nearest("zzzz", verbs).has_value());
  EXPECT_FALSE(nearest("nope", {"copy"}).has_value());
}

}  // namespace
}  // namespace aiops
