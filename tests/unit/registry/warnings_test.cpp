// SPDX-License-Identifier: Apache-2.0
#include "registry/warnings.hpp"

#include "tests/unit/registry/session_fixture.hpp"

#include <gmock/gmock.h>

namespace aiops::registry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Warning, IsReadOnlyInTheFormOfTheSpecification) {
  EXPECT_EQ(parse_warning("299 - \"old client\""), "old client");
  EXPECT_EQ(parse_warning("299 - \"say \\\"hi\\\"\" \"a date\""), "say \"hi\"");
  for (const char* other : {"199 - \"x\"", "299 proxy \"x\"", "299 - x", "299 - \"open", "", "299"})
    EXPECT_EQ(parse_warning(other), std::nullopt) << other;
}

TEST(Warning, IsShownOnceShortAndHarmless) {
  WarningsKept status;
  Response response;
  response.headers.fields = {{"Warning", "299 - \"first\x1b[31m\""},
                             {"warning", "299 - \"" + std::string(5000, 'y') + "\""},
                             {"Warning", "299 - \"first\x1b[31m\""}};
  for (int i = 0; i < 3; ++i) show_warnings(response, "reg", status);
  ASSERT_EQ(status.warnings.size(), 2u);
  EXPECT_EQ(status.warnings[0], "reg says: first\\x1b[31m");
  EXPECT_LT(status.warnings[1].size(), 400u);
  for (int i = 0; i < 100; ++i) {
    response.headers.fields = {{"Warning", "299 - \"spam " + std::to_string(i) + "\""}};
    show_warnings(response, "reg", status);
  }
  EXPECT_LE(status.warnings.size(), 12u);
  EXPECT_THAT(status.warnings.back(), HasSubstr("more warnings"));
}

}  // namespace
}  // namespace aiops::registry
