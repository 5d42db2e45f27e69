// SPDX-License-Identifier: Apache-2.0
#include "sign/secretbox.hpp"

#include "base/encoding.hpp"
#include "sign/salsa20.hpp"

#include <gtest/gtest.h>

#include <array>
#include <span>

namespace aiops::sign {
namespace {

using Bytes = std::span<const std::uint8_t>;

Bytes bytes_of(const std::string& raw) {
  return {reinterpret_cast<const std::uint8_t*>(raw.data()), raw.size()};
}

std::string hsalsa20_hex(const std::string& key, const std::string& nonce) {
  const std::string raw_key = from_hex(key);
  const std::string raw_nonce = from_hex(nonce);
  std::array<std::uint8_t, 32> out{};
  hsalsa20(bytes_of(raw_key).first<32>(), bytes_of(raw_nonce).first<16>(), out);
  return to_hex({reinterpret_cast<char*>(out.data()), out.size()});
}

constexpr const char* kShared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
constexpr const char* kFirstKey =
    "1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389";
constexpr const char* kNonce = "69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37";

// NaCl tests/core1.c and tests/core2.c
TEST(HSalsa20, MatchesTheNaclVectors) {
  EXPECT_EQ(hsalsa20_hex(kShared, std::string(32, '0')), kFirstKey);
  EXPECT_EQ(hsalsa20_hex(kFirstKey, std::string(kNonce).substr(0, 32)),
            "dc908dda0b9344a953629b733820778880f3ceb421bb61b91cbd4c3e66256ce4");
}

// eSTREAM Salsa20/20 verified test vectors, 256-bit key, set 1, vector 0: the first 64 bytes.
TEST(Salsa20, MatchesTheEstreamVector) {
  const std::string key = from_hex("80" + std::string(62, '0'));
  const std::array<std::uint8_t, 8> nonce{};
  std::array<std::uint8_t, 64> block{};
  salsa20_block(bytes_of(key).first<32>(), nonce, 0, block);
  EXPECT_EQ(to_hex({reinterpret_cast<char*>(block.data()), block.size()}),
            "e3be8fdd8beca2e3ea8ef9475b29a6e7003951e1097a5c38d23b7a5fad9f6844"
            "b22c97559e2723c7cbbd3fe4fc8d9a0744652a83e72a9c461876af4d7ef1a117");
}

// NaCl tests/secretbox.c
TEST(Secretbox, MatchesTheNaclVector) {
  const std::string message = from_hex(
      "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a"
      "1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057"
      "e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040"
      "e082f937763848645e0705");
  const char* box =
      "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4"
      "476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738"
      "b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de"
      "56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5";
  const Secret key{from_hex(kFirstKey)};
  EXPECT_EQ(to_hex(secretbox_seal(key, from_hex(kNonce), message)), box);
  const auto opened = secretbox_open(key, from_hex(kNonce), from_hex(box));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->view(), message);
}

TEST(Secretbox, RefusesAnyChangedByteAndShortBoxes) {
  const Secret key{from_hex(kFirstKey)};
  const std::string nonce = from_hex(kNonce);
  const std::string box = secretbox_seal(key, nonce, "secret");
  for (std::size_t i = 0; i < box.size(); ++i) {
    std::string changed = box;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(secretbox_open(key, nonce, changed)) << "byte " << i;
  }
  EXPECT_FALSE(secretbox_open(key, nonce, box.substr(0, 15)));
  EXPECT_FALSE(secretbox_open(Secret{from_hex(kShared)}, nonce, box));
  EXPECT_TRUE(secretbox_open(key, nonce, secretbox_seal(key, nonce, "")));
}

// RFC 7914 §12
TEST(Scrypt, MatchesTheRfcVectors) {
  EXPECT_EQ(to_hex(scrypt("", "", 16, 1, 1, 64).view()),
            "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
            "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
  EXPECT_EQ(to_hex(scrypt("password", "NaCl", 1024, 8, 16, 64).view()),
            "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
            "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
}

}  // namespace
}  // namespace aiops::sign
