// SPDX-License-Identifier: Apache-2.0
#include "registry/mirrors.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops::registry {
namespace {

const std::vector<MirrorRule> kRules = {{"docker.io", "", false, false, {}},
                                        {"docker.io/library", "", false, false, {}},
                                        {"*.example.com", "", false, false, {}},
                                        {"reg:5000/team", "", false, false, {}}};

std::string prefix_for(const char* host, const char* repository) {
  const auto* rule = rule_for(kRules, {host, repository});
  return rule == nullptr ? "none" : rule->prefix;
}

TEST(Mirrors, TheLongestPrefixThatEndsWithAPartWins) {
  EXPECT_EQ(prefix_for("docker.io", "library/x"), "docker.io/library");
  EXPECT_EQ(prefix_for("docker.io", "librarian/x"), "docker.io");
  EXPECT_EQ(prefix_for("docker.io", "library"), "docker.io/library");
  EXPECT_EQ(prefix_for("a.example.com", "x"), "*.example.com");
  EXPECT_EQ(prefix_for("a.b.example.com:5000", "x"), "none");
  EXPECT_EQ(prefix_for("example.com", "x"), "none");
  EXPECT_EQ(prefix_for("badexample.com", "x"), "none");
  EXPECT_EQ(prefix_for("reg:5000", "team/m"), "reg:5000/team");
  EXPECT_EQ(prefix_for("reg:5000", "teams/m"), "none");
  EXPECT_EQ(prefix_for("reg", "5000/team"), "none");
  EXPECT_EQ(prefix_for("docker.io.evil.org", "x"), "none");
}

TEST(Mirrors, TheLocationTakesThePlaceOfThePrefix) {
  const auto place_of = [](const char* host, const char* repository, const std::string& location) {
    const Place place{host, repository};
    const auto there = moved(place, *rule_for(kRules, place), location);
    return there.host + " " + there.repository;
  };
  EXPECT_EQ(place_of("docker.io", "a/b", "mirror:5000"), "mirror:5000 a/b");
  EXPECT_EQ(place_of("docker.io", "a/b", "mirror:5000/hub"), "mirror:5000 hub/a/b");
  EXPECT_EQ(place_of("docker.io", "library/x", "mirror/lib"), "mirror lib/x");
  EXPECT_EQ(place_of("a.example.com", "x", "mirror/ex"), "mirror ex/x");
  EXPECT_EQ(place_of("docker.io", "a/b", ""), "docker.io a/b");
  EXPECT_THROW(place_of("docker.io", "library", "mirror"), Error);
}

}  // namespace
}  // namespace aiops::registry
