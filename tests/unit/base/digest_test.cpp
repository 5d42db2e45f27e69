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

TEST(Digest, AStateSavedAnywhereGoesOnToTheSameDigest) {
  std::string bytes(1000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 37 + i / 256);
  for (const std::string algorithm : {"sha256", "sha512"}) {
    Hasher whole(algorithm);
    whole.update(bytes);
    const Digest wanted = whole.finish();
    for (const std::size_t cut : {0, 1, 63, 64, 65, 127, 128, 129, 640, 999, 1000}) {
      Hasher first(algorithm);
      first.update(std::string_view(bytes).substr(0, cut));
      auto second = Hasher::restore(first.save());
      ASSERT_TRUE(second) << algorithm << " " << cut;
      EXPECT_EQ(second->size(), cut);
      EXPECT_LE(first.save().size(), 512u);
      second->update(std::string_view(bytes).substr(cut));
      EXPECT_EQ(second->finish(), wanted) << algorithm << " " << cut;
    }
  }
}

TEST(Digest, AChangedStateIsNotRestored) {
  Hasher hasher;
  hasher.update("some bytes");
  const std::string saved = hasher.save();
  for (std::size_t i = 0; i < saved.size(); ++i) {
    std::string changed = saved;
    changed[i] ^= 1;
    EXPECT_FALSE(Hasher::restore(changed)) << i;
    EXPECT_FALSE(Hasher::restore(saved.substr(0, i))) << i;
  }
  EXPECT_FALSE(Hasher::restore(saved + " "));
}

TEST(Digest, AForgedStateIsNotRestored) {
  Hasher hasher;
  hasher.update("some bytes");
  std::string line = hasher.save();
  line.erase(line.rfind(' ') + 1);
  line[line.size() - 2] = 'x';  // among the hexadecimal digits
  EXPECT_FALSE(Hasher::restore(line + std::string(sha256_of(line).hex().substr(0, 16))));
}

}  // namespace
}  // namespace aiops
