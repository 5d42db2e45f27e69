// SPDX-License-Identifier: Apache-2.0
#include "registry/challenge.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

TEST(Challenges, QuotedValuesMayHoldCommas) {
  const auto found = parse_challenges(
      R"(Bearer realm="https://a/token?x=1",service="reg",scope="repository:x:push,pull",error="insufficient_scope")");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].scheme, "bearer");
  EXPECT_EQ(found[0].parameter("realm"), "https://a/token?x=1");
  EXPECT_EQ(found[0].parameter("scope"), "repository:x:push,pull");
  EXPECT_EQ(found[0].parameter("error"), "insufficient_scope");
  EXPECT_EQ(found[0].parameter("absent"), "");
}

TEST(Challenges, SeveralInOneField) {
  const auto found =
      parse_challenges(R"(basic Realm="a b", BEARER realm = t , service=s, Negotiate)");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].scheme, "basic");
  EXPECT_EQ(found[0].parameter("realm"), "a b");
  EXPECT_EQ(found[1].scheme, "bearer");
  EXPECT_EQ(found[1].parameter("realm"), "t");
  EXPECT_EQ(found[1].parameter("service"), "s");
  EXPECT_EQ(found[2].scheme, "negotiate");
}

TEST(Challenges, EscapesAndJunk) {
  EXPECT_EQ(parse_challenges(R"(Basic realm="a\"b")")[0].parameter("realm"), "a\"b");
  EXPECT_EQ(parse_challenges(R"(Basic realm="open)")[0].parameter("realm"), "open");
  EXPECT_TRUE(parse_challenges("").empty());
  EXPECT_TRUE(parse_challenges(" , ,= = \"").empty());
}

}  // namespace
}  // namespace aiops::registry
