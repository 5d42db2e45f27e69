// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops {
namespace {

TEST(ParseJson, ReadsWhatIsWellFormed) {
  const Json value = parse_json(R"({"a":[1,2,{"a":3}],"b":"\u00e9"})", "test");
  EXPECT_EQ(value["a"][2]["a"], 3);
}

TEST(ParseJson, RefusesDuplicateKeysAtAnyDepth) {
  EXPECT_THROW(parse_json(R"({"a":1,"a":2})", "test"), Error);
  EXPECT_THROW(parse_json(R"({"x":[{"b":1,"b":1}]})", "test"), Error);
  EXPECT_NO_THROW(parse_json(R"({"x":{"b":1},"y":{"b":1}})", "test"));
}

TEST(ParseJson, RefusesDepthSizeTrailingTextAndBrokenUtf8) {
  EXPECT_THROW(parse_json(std::string(100, '[') + std::string(100, ']'), "test"), Error);
  EXPECT_THROW(parse_json("[1,2,3]", "test", {.bytes = 3}), Error);
  EXPECT_THROW(parse_json("{} x", "test"), Error);
  EXPECT_THROW(parse_json("\"\xff\"", "test"), Error);
  EXPECT_THROW(parse_json("", "test"), Error);
}

TEST(ParseJson, NamesWhatItWasReading) {
  try {
    parse_json("{", "config.json");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message.substr(0, 12), "config.json:");
  }
}

TEST(Json, RefusesANumberThatNoDoubleHolds) {
  EXPECT_THROW(parse_json(R"({"size": 1e999})", "x"), Error);
}

TEST(WholeNumber, TakesWhatTheTypeHoldsAndNothingElse) {
  EXPECT_EQ(whole_number<std::int64_t>(Json(-3)), -3);
  EXPECT_EQ(whole_number<std::uint64_t>(Json(UINT64_MAX)), UINT64_MAX);
  EXPECT_THROW(whole_number<std::int64_t>(Json(UINT64_MAX)), Json::type_error);
  EXPECT_THROW(whole_number<std::uint64_t>(Json(-1)), Json::type_error);
  EXPECT_THROW(whole_number<std::uint64_t>(Json(18446744073709551616.0)), Json::type_error);
  EXPECT_THROW(whole_number<std::int64_t>(Json("1")), Json::type_error);
}

}  // namespace
}  // namespace aiops
