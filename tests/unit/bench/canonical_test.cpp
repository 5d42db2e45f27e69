// SPDX-License-Identifier: Apache-2.0
#include "bench/canonical.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <limits>

namespace aiops::bench {
namespace {

// RFC 8785 appendix B.
TEST(Canonical, WritesTheNumbersOfTheRfc) {
  const std::pair<std::uint64_t, const char*> samples[] = {
      {0x0000000000000000, "0"},
      {0x8000000000000000, "0"},
      {0x0000000000000001, "5e-324"},
      {0x8000000000000001, "-5e-324"},
      {0x7fefffffffffffff, "1.7976931348623157e+308"},
      {0xffefffffffffffff, "-1.7976931348623157e+308"},
      {0x4340000000000000, "9007199254740992"},
      {0xc340000000000000, "-9007199254740992"},
      {0x4430000000000000, "295147905179352830000"},
      {0x44b52d02c7e14af5, "9.999999999999997e+22"},
      {0x44b52d02c7e14af6, "1e+23"},
      {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
      {0x444b1ae4d6e2ef4e, "999999999999999700000"},
      {0x444b1ae4d6e2ef4f, "999999999999999900000"},
      {0x444b1ae4d6e2ef50, "1e+21"},
      {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
      {0x3eb0c6f7a0b5ed8d, "0.000001"},
      {0x41b3de4355555553, "333333333.3333332"},
      {0x41b3de4355555557, "333333333.33333343"},
      {0xbecbf647612f3696, "-0.0000033333333333333333"}};
  for (const auto& [bits, text] : samples)
    EXPECT_EQ(canonical_number(std::bit_cast<double>(bits)), text);
}

TEST(Canonical, RefusesWhatJsonCannotHold) {
  EXPECT_THROW(canonical_number(std::numeric_limits<double>::infinity()), Error);
  EXPECT_THROW(canonical_number(std::numeric_limits<double>::quiet_NaN()), Error);
}

TEST(Canonical, SortsMembersAndLeavesNoSpace) {
  const Json value = {{"b", {1, 2.5, nullptr, "é\n"}}, {"a", {{"z", true}, {"y", -0.0}}}};
  EXPECT_EQ(to_canonical(value), R"({"a":{"y":0,"z":true},"b":[1,2.5,null,"é\n"]})");
  EXPECT_EQ(to_canonical(Json::object()), "{}");
}

}  // namespace
}  // namespace aiops::bench
