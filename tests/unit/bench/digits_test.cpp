// SPDX-License-Identifier: Apache-2.0
#include "bench/digits.hpp"

#include <gtest/gtest.h>

namespace aiops::bench {
namespace {

TEST(Digits, EndWhereTheNoiseBegins) {
  EXPECT_EQ(format_supported(123.456, 0.02), "123.46");
  EXPECT_EQ(format_supported(123.456, 0.5), "123.5");
  EXPECT_EQ(format_supported(123.456, 3.0), "123");
  EXPECT_EQ(format_supported(123.456, 40.0), "120");
  EXPECT_EQ(format_supported(123.456, 900.0), "100");
  EXPECT_EQ(format_supported(0.0123456, 0.0001), "0.0123");
}

TEST(Digits, WithoutAnIntervalThereAreTwo) {
  EXPECT_EQ(format_supported(123.456, std::nullopt), "120");
  EXPECT_EQ(format_supported(0.0123456, std::nullopt), "0.012");
  EXPECT_EQ(format_supported(9.87, std::nullopt), "9.9");
}

TEST(Digits, SurviveOddValues) {
  EXPECT_EQ(format_supported(0, 1.0), "0");
  EXPECT_EQ(format_supported(1.0 / 0.0, 1.0), "?");
  EXPECT_EQ(format_supported(2.5, 0.0), "2.500000");
}

}  // namespace
}  // namespace aiops::bench
