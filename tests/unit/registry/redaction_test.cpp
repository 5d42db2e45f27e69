// SPDX-License-Identifier: Apache-2.0
#include "registry/redaction.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

TEST(RedactionTest, HidesWhatAServerRepeats) {
  EXPECT_EQ(redacted("Authorization: Basic Ym9iOnRoZS13b3Jk is not enough"),
            "Authorization: Basic … is not enough");
  EXPECT_EQ(redacted("{\"got\":\"bearer eyJh.bc-d_e/+==\"}"), "{\"got\":\"bearer …\"}");
  EXPECT_EQ(redacted("see https://s3/x?X-Amz-Signature=abc&y=1, please"),
            "see https://s3/x?… please");
  EXPECT_EQ(redacted("<a href='/u?_state=a%3D'>go</a>"), "<a href='/u?…'>go</a>");
  EXPECT_EQ(redacted("bad _state=abc%3D and sig=x, X-Amz-Date=5&token=t"),
            "bad _state=… and sig=…, X-Amz-Date=…&token=…");
}

TEST(RedactionTest, LeavesProseAlone) {
  for (const char* text :
       {"Basic authentication required", "Basic Authentication needed", "bearer token", "really?",
        "what? why=because", "design=good", "x-amz-weird", ""})
    EXPECT_EQ(redacted(text), text);
}

}  // namespace
}  // namespace aiops::registry
