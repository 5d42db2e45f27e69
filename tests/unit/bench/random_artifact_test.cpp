// SPDX-License-Identifier: Apache-2.0
#include "bench/random_artifact.hpp"

#include "base/error.hpp"

#include <gtest/gtest.h>

namespace aiops::bench {
namespace {

constexpr std::uint64_t kSize = (16u << 20) + 12345;  // beyond the end of the pool

pack::Manifest manifest_of(const pack::Document& document) {
  return pack::Manifest::parse(document.bytes, "test");
}

TEST(NoiseRepository, StreamsWhatItReads) {
  NoiseRepository noise(1);
  const auto layer = manifest_of(noise.make(1, kSize)).layers.at(0);
  const auto blob = noise.blob(layer);
  std::vector<std::byte> streamed, read(kSize - 7);
  blob.stream(7, [&](auto bytes) { streamed.insert(streamed.end(), bytes.begin(), bytes.end()); });
  blob.read_at(7, read);
  EXPECT_TRUE(streamed == read);
}

TEST(NoiseRepository, NeverRepeatsABlob) {
  NoiseRepository noise(1), twin(1);
  const auto first = manifest_of(noise.make(2, 100)), second = manifest_of(twin.make(1, 100));
  EXPECT_NE(first.layers[0].digest, first.layers[1].digest);
  EXPECT_NE(first.layers[0].digest, second.layers[0].digest);
}

TEST(NullRepository, TakesOnlyWhatMatchesItsDigest) {
  NoiseRepository noise(1);
  NullRepository nowhere;
  const auto layer = manifest_of(noise.make(1, kSize)).layers.at(0);
  auto blob = noise.blob(layer);
  std::uint64_t moved = 0;
  EXPECT_EQ(nowhere.push(blob, [&](std::uint64_t bytes) { moved += bytes; }), pack::BlobFate::sent);
  EXPECT_EQ(moved, kSize);
  blob.descriptor.digest = sha256_of("something else");
  EXPECT_THROW(nowhere.push(blob, {}), Error);
}

}  // namespace
}  // namespace aiops::bench
