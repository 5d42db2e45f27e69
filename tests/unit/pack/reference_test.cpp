// SPDX-License-Identifier: Apache-2.0
#include "pack/reference.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::pack {
namespace {

using Kind = Reference::Kind;
const std::string kDigest = "sha256:" + std::string(64, 'a');

std::string complaint(std::string_view text) {
  try {
    Reference::parse(text);
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::usage);
    return error.message;
  }
  return "accepted";
}

TEST(Reference, KindsAndParts) {
  const auto registry = Reference::parse("localhost:5000/team/model:v1@" + kDigest);
  EXPECT_EQ(registry.kind, Kind::registry);
  EXPECT_EQ(registry.host, "localhost:5000");
  EXPECT_EQ(registry.repository, "team/model");
  EXPECT_EQ(registry.tag, "v1");
  EXPECT_EQ(registry.digest->str(), kDigest);
  EXPECT_TRUE(registry.is_loopback());

  const auto store = Reference::parse("team/model:V1.2-x");
  EXPECT_EQ(store.kind, Kind::store);
  EXPECT_EQ(store.repository, "team/model");
  EXPECT_EQ(store.tag, "V1.2-x");

  const auto layout = Reference::parse("oci:/tmp/a:b/layout:v1");
  EXPECT_EQ(layout.kind, Kind::layout);
  EXPECT_EQ(layout.path, "/tmp/a:b/layout");
  EXPECT_EQ(layout.tag, "v1");

  EXPECT_EQ(Reference::parse("oci:a@b").path, "a@b");
  EXPECT_EQ(Reference::parse("archive:x.tar").path, "x.tar");
  EXPECT_EQ(Reference::parse("dir:x:y").path, "x:y");
  EXPECT_EQ(Reference::parse("localhost:5000").kind, Kind::store);  // no slash: a name and a tag
  EXPECT_EQ(Reference::parse("example.com/x").kind, Kind::registry);
  EXPECT_EQ(Reference::parse("[::1]:5000/x").host, "[::1]:5000");
}

TEST(Reference, TextSurvivesARoundTrip) {
  for (const std::string text :
       {"demo", "demo:1", "a/b__c-d--e.f:1", "localhost:5000/x:1", "oci:/tmp/x:1", "archive:a.tar",
        "dir:/tmp/x",
        "demo@sha256:"
        "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"})
    EXPECT_EQ(Reference::parse(text).str(), text);
}

TEST(Reference, LatestWhereNeitherTagNorDigestIsGiven) {
  EXPECT_EQ(Reference::parse("demo").tag_or_latest(), "latest");
  EXPECT_EQ(Reference::parse("demo@" + kDigest).tag_or_latest(), "");
  EXPECT_EQ(Reference::parse("dir:x").tag_or_latest(), "");
}

TEST(Reference, LoopbackIsNotWhatMerelyLooksLikeIt) {
  EXPECT_TRUE(Reference::parse("127.0.0.1:5000/x").is_loopback());
  EXPECT_TRUE(Reference::parse("[::1]/x").is_loopback());
  EXPECT_FALSE(Reference::parse("127.0.0.1.example.com/x").is_loopback());
  EXPECT_FALSE(Reference::parse("127.example.com/x").is_loopback());
  EXPECT_FALSE(Reference::parse("localhost.example.com/x").is_loopback());
}

TEST(Reference, ComplaintsNameTheCharacter) {
  EXPECT_THAT(complaint("Demo:1"), testing::HasSubstr("'D' at character 1 is upper case"));
  EXPECT_THAT(complaint("demo:a b"), testing::HasSubstr("' ' at character 7 cannot be in a tag"));
  EXPECT_THAT(complaint("demo:-x"), testing::HasSubstr("'-' at character 6 cannot begin a tag"));
  EXPECT_THAT(complaint("a..b"), testing::HasSubstr("'.' at character 3 cannot follow"));
  EXPECT_THAT(complaint("a___b"), testing::HasSubstr("'_' at character 4 cannot follow"));
  EXPECT_THAT(complaint("ab-"), testing::HasSubstr("'-' at character 3 cannot end"));
  EXPECT_THAT(complaint("a//b"), testing::HasSubstr("empty part"));
  EXPECT_THAT(complaint("a/b/"), testing::HasSubstr("empty part"));
  EXPECT_THAT(complaint("demo@sha256:12"), testing::HasSubstr("is not a digest"));
  EXPECT_THAT(complaint("host.io:99999/x"), testing::HasSubstr("is not a port"));
  EXPECT_THAT(complaint("https://host.io/x"), testing::HasSubstr("no scheme"));
  EXPECT_THAT(complaint("./demo"), testing::HasSubstr("this is a path"));
  EXPECT_THAT(complaint("demo:"), testing::HasSubstr("a tag belongs"));
  EXPECT_THAT(complaint("oci:"), testing::HasSubstr("path is empty"));
  EXPECT_THAT(complaint("de\nmo"), testing::HasSubstr("control character"));
  EXPECT_THAT(complaint("demo:" + std::string(129, 'x')), testing::HasSubstr("128"));
  EXPECT_THAT(complaint(std::string(300, 'x')), testing::HasSubstr("255"));
  EXPECT_THAT(complaint(""), testing::HasSubstr("empty"));
  EXPECT_THAT(complaint("_a"), testing::HasSubstr("cannot begin"));
}

}  // namespace
}  // namespace aiops::pack
