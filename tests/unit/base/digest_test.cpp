// SPDX-License-Identifier: Apache-2.0
#include "base/digest.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops {
namespace {

// FIPS 180-4 example: "abc"
constexpr const char* kAbc =
    "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Digest, HashesTheFipsExample) { EXPECT_EQ(sha256_of("abc").str(), kAbc); }

TEST(Digest, StreamsAreHashedLikeWholes) {
  Hasher hasher;
  hasher.update("a");
  hasher.update("bc");
  EXPECT_EQ(hasher.finish().str(), kAbc);
}

TEST(Digest, RefusesWhatCouldBeAPath) {
  for (const std::string text :
       {"", "sha256:", "sha256:../../etc/passwd", "md5:d41d8cd98f00b204e9800998ecf8427e",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"})
    EXPECT_THROW(Digest::parse(text), Error) << text;
  EXPECT_EQ(Digest::parse(kAbc).hex().size(), 64u);
}

TEST(Digest, KnowsSha512) {
  Hasher hasher("sha512");
  hasher.update("abc");
  const Digest digest = hasher.finish();
  EXPECT_EQ(digest.algorithm(), "sha512");
  EXPECT_EQ(digest.hex().substr(0, 16), "ddaf35a193617aba");
}

}  // namespace
}  // namespace aiops
