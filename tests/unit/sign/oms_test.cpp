// SPDX-License-Identifier: Apache-2.0
#include "sign/oms.hpp"

#include "base/encoding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace aiops::sign {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const Digest kA = sha256_of("a");
const Digest kB = sha256_of("b");

Json payload(const std::vector<Resource>& resources) {
  return Json::parse(make_oms_statement(resources, "model"));
}

OmsStatement parse(const Json& value) { return parse_oms(parse_statement(value.dump(), "s"), "s"); }

// printf 'a' | sha256sum, and so on; then the raw digests, one after the other, once more.
TEST(OmsRoot, IsTheHashOfTheRawDigestsInTheirOrder) {
  EXPECT_EQ(oms_root({{"x", kA}, {"y", kB}}),
            "e5a01fee14e0ed5c48714f22180f25ad8365b53f9779f79dc4a3d7e93963f94a");
  EXPECT_EQ(oms_root({{"x", kB}, {"y", kA}}),
            sha256_of(from_hex(kB.hex()) + from_hex(kA.hex())).hex());
}

// Code points of the whole name; by path components it would be B, a/b, a-b, a.c.
TEST(Oms, WritesTheOrderOfTheSpecification) {
  const Json root = payload({{"a/b", kA}, {"a.c", kA}, {"B", kA}, {"a-b", kB}});
  std::vector<std::string> names;
  for (const Json& resource : root["predicate"]["resources"]) names.push_back(resource["name"]);
  EXPECT_THAT(names, ElementsAre("B", "a-b", "a.c", "a/b"));
  EXPECT_EQ(root["predicate"]["serialization"],
            Json({{"method", "files"}, {"hash_type", "sha256"}, {"allow_symlinks", false}}));
  EXPECT_EQ(root["subject"][0]["name"], "model");
}

TEST(Oms, TakesAnyListedOrder) {
  Json root = payload({{"a", kA}, {"b", kB}});
  auto& list = root["predicate"]["resources"];
  std::swap(list[0], list[1]);
  root["subject"][0]["digest"]["sha256"] = oms_root({{"b", kB}, {"a", kA}});
  EXPECT_EQ(parse(root).resources, (std::vector<Resource>{{"b", kB}, {"a", kA}}));
}

TEST(Oms, RefusesARootThatIsNotItsFiles) {
  Json root = payload({{"a", kA}});
  root["subject"][0]["digest"]["sha256"] = std::string(kB.hex());
  try {
    parse(root);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason, "bad-signature");
  }
  root = payload({{"a", kA}});
  root["subject"].push_back(root["subject"][0]);
  EXPECT_THROW(parse(root), Error);
}

TEST(Oms, RefusesNamesThatAreNotPlain) {
  for (const char* name : {"", ".", "..", "../x", "/etc/passwd", "a//b", "a/", "./a", "a/./b",
                           "a/../b", "\xFF", "a/.."})
    EXPECT_FALSE(is_canonical_name(name)) << name;
  EXPECT_FALSE(is_canonical_name(std::string("a\0b", 3)));
  for (const char* name : {"a", ".git", "a/b", "...", "a b", "a:0:1", "\xC3\xA9"})
    EXPECT_TRUE(is_canonical_name(name)) << name;

  Json root = payload({{"a", kA}, {"b", kA}});
  root["predicate"]["resources"][1]["name"] = "../b";
  EXPECT_THROW(parse(root), Error);
  root["predicate"]["resources"][1]["name"] = "a";
  EXPECT_THROW(parse(root), Error);
  EXPECT_THROW(make_oms_statement({{"a", kA}, {"a", kB}}, "m"), Error);
  EXPECT_THROW(make_oms_statement({}, "m"), Error);
}

TEST(Oms, RefusesMethodsAndHashesItCannotCheck) {
  const std::pair<Json::json_pointer, Json> faults[] = {
      {"/predicate/serialization/method"_json_pointer, "shards"},
      {"/predicate/serialization/hash_type"_json_pointer, "blake3"},
      {"/predicate/serialization"_json_pointer, nullptr},
      {"/predicate/resources"_json_pointer, Json::array()},
      {"/predicate/resources"_json_pointer, "x"},
      {"/predicate/resources/0"_json_pointer, 7},
      {"/predicate/resources/0/algorithm"_json_pointer, "sha1"},
      {"/predicate/resources/0/digest"_json_pointer, "abc"},
      {"/predicate/resources/0/digest"_json_pointer, "sha256:../../x"},
      {"/predicate/resources/0/name"_json_pointer, 1},
      {"/predicateType"_json_pointer, "https://example.com/other"},
  };
  for (const auto& [where, value] : faults) {
    Json root = payload({{"a", kA}});
    root[where] = value;
    EXPECT_THROW(parse(root), Error) << where;
  }
}

TEST(Oms, KeepsOnlyIgnorePathsThatNameSomethingInside) {
  Json root = payload({{"a", kA}});
  root["predicate"]["serialization"]["ignore_paths"] = {".git", "../x", "/", ".", "", "b/c", 7};
  EXPECT_THAT(parse(root).ignore_paths, ElementsAre(".git", "b/c"));
}

TEST(Oms, TakesModelSigningsNameOfASingleFile) {
  Json root = payload({{"a", kA}});
  root["predicate"]["resources"][0]["name"] = ".";
  EXPECT_EQ(parse(root).resources[0].name, ".");
}

TEST(Differences, NameEveryFileOnce) {
  EXPECT_THAT(differences({{"a", kA}, {"b", kB}}, {{"b", kB}, {"a", kA}}), IsEmpty());
  EXPECT_THAT(
      differences({{"a", kA}, {"gone", kA}, {"c", kA}}, {{"c", kB}, {"new", kA}, {"a", kA}}),
      ElementsAre(Difference{Reason::digest_mismatch, "c"},
                  Difference{Reason::missing_file, "gone"}, Difference{Reason::extra_file, "new"}));
}

// Two layers of one name: the second must not stand in for the first.
TEST(Differences, NoticeANameFoundTwice) {
  EXPECT_THAT(differences({{"a", kA}}, {{"a", kA}, {"a", kB}}),
              ElementsAre(Difference{Reason::extra_file, "a"}));
}

pack::Descriptor layer(const char* type, const char* title, const Digest& digest = kA) {
  return {type, digest, 1, {{"org.opencontainers.image.title", title}}, {}};
}

TEST(ResourcesOf, AreRawLayersByTheirTitles) {
  pack::Manifest manifest{"", "", {"", kA, 2, {}, {}}, {}, {}, {}};
  EXPECT_FALSE(resources_of(manifest));
  manifest.layers = {layer("application/vnd.cncf.model.weight.v1.raw", "w/a.safetensors"),
                     layer("application/vnd.cncf.model.weight.config.v1.raw", "config.json", kB)};
  EXPECT_EQ(*resources_of(manifest),
            (std::vector<Resource>{{"w/a.safetensors", kA}, {"config.json", kB}}));
  for (const char* archive :
       {"application/vnd.cncf.model.weight.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip",
        "application/vnd.cncf.model.weight.v1.tar+zstd"}) {
    manifest.layers[1].media_type = archive;
    EXPECT_FALSE(resources_of(manifest)) << archive;
  }
  manifest.layers[1] = layer("text/plain", "../evil");
  EXPECT_FALSE(resources_of(manifest));
}

}  // namespace
}  // namespace aiops::sign
