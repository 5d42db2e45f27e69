// SPDX-License-Identifier: Apache-2.0
#include "pack/manifest.hpp"

#include "base/error.hpp"
#include "pack/media_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::pack {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');
const std::string kConfig =
    R"("config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":")" + kDigest +
    R"(","size":2})";

std::string manifest(const std::string& members) {
  return R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",)" +
         members + "}";
}

std::string complaint(const std::string& bytes) {
  try {
    Manifest::parse(bytes, "demo");
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "accepted";
}

TEST(Manifest, WhatIsWrittenIsReadBack) {
  const Manifest written{std::string(media_type::kManifest),
                         std::string(media_type::kModelManifest),
                         {"application/x", sha256_of("c"), 1, {}, {}},
                         {{"application/y", sha256_of("l"), 1, {{"b", "2"}, {"a", "1"}}, {}}},
                         Descriptor{"application/z", sha256_of("s"), 1, {}, {}},
                         {{"k", "v"}}};
  const auto bytes = written.to_bytes();
  EXPECT_TRUE(bytes.starts_with(
      R"({"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":)"));
  const auto read = Manifest::parse(bytes, "demo");
  EXPECT_EQ(read.to_bytes(), bytes);
  EXPECT_EQ(read.layers.at(0).annotations.at("a"), "1");
  EXPECT_EQ(read.subject->digest, sha256_of("s"));
  EXPECT_EQ(read.effective_artifact_type(), media_type::kModelManifest);
}

TEST(Manifest, ArtifactTypeFallsBackToTheConfig) {
  const auto read = Manifest::parse(manifest(kConfig + R"(,"layers":[])"), "demo");
  EXPECT_EQ(read.effective_artifact_type(), media_type::kEmpty);
}

TEST(Manifest, RefusesWhatIsMalformedAndNamesIt) {
  EXPECT_THAT(complaint("[]"), testing::HasSubstr("not a JSON object"));
  EXPECT_THAT(complaint(R"({"schemaVersion":1})"), testing::HasSubstr("'schemaVersion' is not 2"));
  EXPECT_THAT(complaint(manifest(R"("layers":[])")), testing::HasSubstr("'config' is missing"));
  EXPECT_THAT(complaint(manifest(kConfig)), testing::HasSubstr("'layers' is not an array"));
  EXPECT_THAT(complaint(manifest(kConfig +
                                 R"(,"layers":[{"mediaType":"x","digest":"sha256:1","size":1}])")),
              testing::HasSubstr("layers[0]: 'digest'"));
  for (const char* size : {"-1", "1.5", "9223372036854775808", "\"1\"", "1e3"})
    EXPECT_THAT(complaint(manifest(kConfig + R"(,"layers":[{"mediaType":"x","digest":")" + kDigest +
                                   R"(","size":)" + size + "}]")),
                testing::HasSubstr("'size'"))
        << size;
  EXPECT_THAT(complaint(manifest(kConfig + R"(,"layers":[],"annotations":{"a":1})")),
              testing::HasSubstr("'a' is an annotation"));
  EXPECT_THAT(complaint(manifest(kConfig + "," + kConfig + R"(,"layers":[])")),
              testing::HasSubstr("twice"));
}

TEST(Manifest, RefusesTooManyLayersAndTooManyBytes) {
  std::string layers = R"(,"layers":[)";
  for (int i = 0; i < 100'001; ++i) layers += i == 0 ? "1" : ",1";
  EXPECT_THAT(complaint(manifest(kConfig + layers + "]")), testing::HasSubstr("100,000"));
  EXPECT_THAT(complaint(manifest(kConfig + R"(,"x":")" + std::string(5u << 20, 'x') + '"')),
              testing::HasSubstr("larger than"));
  EXPECT_THAT(complaint(std::string(100'000, '[')), testing::HasSubstr("deep"));
}

TEST(Index, RoundTripAndDockerLists) {
  Index index;
  index.manifests = {{std::string(media_type::kManifest), sha256_of("m"), 1, {}, "application/a"}};
  const auto read = Index::parse(index.to_bytes(), "demo");
  EXPECT_EQ(read.manifests.at(0).artifact_type, "application/a");
  EXPECT_TRUE(is_index(media_type::kDockerManifestList));
  EXPECT_THROW(Index::parse(manifest(kConfig + R"(,"manifests":[])"), "demo"), Error);
}

}  // namespace
}  // namespace aiops::pack
