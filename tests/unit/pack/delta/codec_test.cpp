// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/pack/delta/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

namespace aiops::pack {
namespace {

using testing::HasSubstr;

Error refusal_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    return error;
  }
  return Error(ExitCode::ok, "it was accepted");
}

// A word of the header, little-endian.
void put(std::string& delta, std::size_t at, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) delta[at + i] = static_cast<char>(value >> (8 * i));
}

class DeltaTest : public testing::Test {
 protected:
  const std::string base = trained(700'000, 0);  // three chunks of fp32, one of bf16
  const std::string whole = trained(700'000, 1);
  const std::string delta = encoded(whole, base);

  Error refusal(std::string bytes) {
    return refusal_of([&] { decoded(bytes, base, sha256_of(whole)); });
  }
};

TEST_F(DeltaTest, IsSmallerAndRebuiltBitForBit) {
  EXPECT_LT(delta.size(), whole.size() * 7 / 10);
  for (const std::size_t threads : {1U, 2U, 3U})
    EXPECT_TRUE(decoded(delta, base, sha256_of(whole), threads) == whole) << threads;
}

TEST_F(DeltaTest, HasTheSameBytesForAnyNumberOfThreads) {
  EXPECT_TRUE(encoded(whole, base, 1) == delta);
  EXPECT_TRUE(encoded(whole, base, 3) == delta);
}

TEST_F(DeltaTest, SaysWhatItIsAbout) {
  const auto header = DeltaHeader::parse(source_of(delta));
  EXPECT_EQ(header.size, whole.size());
  EXPECT_EQ(header.whole, sha256_of(whole));
  EXPECT_EQ(header.base, sha256_of(base));
  ASSERT_EQ(header.sections.size(), 3u);  // its own header, fp32, bf16
  EXPECT_EQ(header.sections[1], (DeltaSection{4 * 700'000, 4}));
  EXPECT_EQ(header.sections[2], (DeltaSection{2 * 175'001, 2}));
  EXPECT_EQ(header.entries.size(), 1u + 3 + 1);
  EXPECT_EQ(header.to_bytes(), delta.substr(0, header.bytes()));
}

TEST_F(DeltaTest, WhatHasNotChangedTakesNoBytes) {
  const std::string same = encoded(base, base);
  const auto header = DeltaHeader::parse(source_of(same));
  for (std::size_t i = 1; i < header.entries.size(); ++i)
    EXPECT_EQ(header.entries[i].encoding, ChunkEncoding::same);
  EXPECT_TRUE(decoded(same, base, sha256_of(base)) == base);
}

TEST_F(DeltaTest, NoiseIsStoredAsItIs) {
  std::mt19937 random(9);
  std::string noise = base;
  for (std::size_t i = 4096; i < noise.size(); ++i) noise[i] = static_cast<char>(random());
  const std::string stored = encoded(noise, base);
  EXPECT_LT(stored.size(), noise.size() + 4096);
  EXPECT_TRUE(decoded(stored, base, sha256_of(noise)) == noise);
}

TEST_F(DeltaTest, TheTensorsShowWithoutTheBase) {
  const auto shown = read_safetensors_header(self_contained(source_of(delta)));
  ASSERT_EQ(shown.tensors.size(), 2u);
  EXPECT_EQ(shown.tensors[0].name, "a");
  std::vector<std::byte> beyond(8);
  const auto error =
      refusal_of([&] { self_contained(source_of(delta)).read_at(whole.size() - 8, beyond); });
  EXPECT_THAT(error.message, HasSubstr("without its base"));
}

TEST_F(DeltaTest, DeltasLieOnTopOfEachOther) {
  const std::string third = trained(700'000, 2);
  const std::string second = encoded(third, whole);
  ThreadPool pool(2);
  auto read = rebuilt_in_order(source_of(delta), in_order(source_of(base)), sha256_of(whole),
                               whole.size(), sha256_of(base), pool);
  read = rebuilt_in_order(source_of(second), std::move(read), sha256_of(third), third.size(),
                          sha256_of(whole), pool);
  std::string got(third.size(), '\0');
  read(std::as_writable_bytes(std::span(got)));
  EXPECT_TRUE(got == third);
}

TEST_F(DeltaTest, AnotherBaseIsNoticed) {
  std::string wrong = base;
  wrong[wrong.size() / 2] ^= 1;
  const auto error = refusal_of([&] { decoded(delta, wrong, sha256_of(whole)); });
  EXPECT_EQ(error.code, ExitCode::unverified);
  EXPECT_THAT(error.message, HasSubstr("base"));
}

TEST_F(DeltaTest, OtherFilesThanExpectedAreRefused) {
  const auto error = refusal_of([&] { decoded(delta, base, sha256_of("another")); });
  EXPECT_EQ(error.code, ExitCode::unverified);
}

TEST_F(DeltaTest, ClaimsThatDoNotHoldAreNotEncoded) {
  const Scratch scratch;
  TempFile file(scratch.path());
  ThreadPool pool(2);
  DeltaInput input{source_of(whole, "whole"), source_of(base, "base"), sha256_of(whole),
                   sha256_of("not it"),       {{whole.size(), 1}},     0};
  const auto error = refusal_of([&] { encode_delta(input, file, pool, [](std::uint64_t) {}); });
  EXPECT_EQ(error.code, ExitCode::unverified);
  EXPECT_EQ(error.message, "base: its bytes do not match its digest");
}

TEST_F(DeltaTest, TruncatedAtAnyPlaceIsRefused) {
  for (const std::size_t size : {0u, 7u, 95u, 96u, 140u, 200u, 5000u})
    EXPECT_EQ(refusal(delta.substr(0, size)).code, ExitCode::failed) << size;
  EXPECT_EQ(refusal(delta.substr(0, delta.size() - 1)).code, ExitCode::failed);
  EXPECT_EQ(refusal(delta + "x").code, ExitCode::failed);
}

// Fields of the header: offset, value, bytes, and what the refusal names.
TEST_F(DeltaTest, HostileHeadersAreRefused) {
  struct Case {
    std::size_t at;
    std::uint64_t value;
    std::size_t bytes;
    const char* why;
  };
  for (const Case& one :
       std::initializer_list<Case>{{0, 'x', 1, "does not begin like one"},
                                   {8, 2, 4, "version 2"},
                                   {12, 0, 4, "chunks of 0 bytes"},
                                   {12, 3, 4, "chunks of 3 bytes"},
                                   {12, 1u << 30, 4, "chunks of"},
                                   {12, 1u << 12, 4, "as many chunks"},
                                   {16, ~0ull, 8, "not the whole file"},
                                   {16, 1, 8, "section 1"},
                                   {88, 0, 4, "not the whole file"},
                                   {88, 0xFFFFFFFF, 4, "a header of"},
                                   {92, 0xFFFFFFFF, 4, "a header of"},
                                   {92, 4, 4, "as many chunks"},
                                   {96, 0, 8, "section 1"},
                                   {96, ~0ull, 8, "section 1"},
                                   {104, 3, 4, "section 1"},
                                   {104, 16, 4, "section 1"},
                                   {108, 1, 4, "section 1"},
                                   {120, 0, 4, "section 2"},
                                   {96 + 3 * 16 + 4, 5, 4, "encoding of chunk 1"},
                                   {96 + 3 * 16 + 8, 1u << 20, 4, "size of chunk 2"},
                                   {96 + 3 * 16 + 8, 5, 4, "its chunks say"}}) {
    std::string hostile = delta;
    put(hostile, one.at, one.value, one.bytes);
    const auto error = refusal(hostile);
    EXPECT_EQ(error.code, ExitCode::failed) << one.at;
    EXPECT_THAT(error.message, HasSubstr(one.why)) << one.at;
  }
}

// A stream that grows beyond its plane, one that is too short, and one that is no stream.
TEST_F(DeltaTest, HostilePayloadsAreRefused) {
  const auto header = DeltaHeader::parse(source_of(delta));
  DeltaHeader::Walk walk(header);
  walk.next();
  const auto chunk = walk.next();
  ASSERT_EQ(chunk.encoding, ChunkEncoding::difference);
  std::string broken = delta;
  broken[chunk.payload + 16] ^=
      0x55;  // the first plane that is compressed, or raw: then the digest
  broken[chunk.payload + chunk.stored - 4] ^= 0x55;
  EXPECT_NE(refusal(broken).code, ExitCode::ok);
  for (const std::uint32_t length : {0xFFFFFFFFu, 1u, 262'145u}) {
    std::string hostile = delta;
    put(hostile, chunk.payload, length, 4);
    EXPECT_EQ(refusal(hostile).code, ExitCode::failed) << length;
  }
}

}  // namespace
}  // namespace aiops::pack
