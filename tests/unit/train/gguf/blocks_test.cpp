// SPDX-License-Identifier: Apache-2.0
#include "train/gguf/blocks.hpp"

#include "base/digest.hpp"
#include "train/model/half_precision.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <ostream>
#include <string>
#include <vector>

namespace aiops::train {
namespace {

constexpr std::size_t kBlocks = 64;

// Knuth's MMIX generator: the golden digests below were made from its bytes in Python.
class Bytes {
 public:
  std::uint8_t next() {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint8_t>(state_ >> 56);
  }

 private:
  std::uint64_t state_ = 0;
};

template <typename T>
std::string sha256(const std::vector<T>& values) {
  Hasher hasher;
  hasher.update(std::as_bytes(std::span(values)));
  return std::string(hasher.finish().hex());
}

struct Golden {
  const char* format;
  std::vector<std::size_t> halves;  // where the block's halves lie; those are made finite
  const char* digest;               // of the values, by gguf 0.19's gguf.dequantize
};
void PrintTo(const Golden& golden, std::ostream* out) { *out << golden.format; }

class GgufBlocks : public testing::TestWithParam<Golden> {};

TEST_P(GgufBlocks, AreTheValuesOfTheGgufPackage) {
  const GgufFormat* format = find_gguf_format(GetParam().format);
  ASSERT_NE(format, nullptr);
  Bytes bytes;
  std::vector<std::byte> blocks(kBlocks * format->bytes);
  for (std::byte& byte : blocks) byte = std::byte{bytes.next()};
  for (std::size_t i = 0; i < kBlocks; ++i)
    for (const std::size_t half : GetParam().halves)
      blocks[i * format->bytes + half + 1] &= std::byte{0xBF};
  std::vector<float> values(kBlocks * format->elements);
  dequantise(*format, blocks, values);
  EXPECT_EQ(sha256(values), GetParam().digest);
}

INSTANTIATE_TEST_SUITE_P(
    All, GgufBlocks,
    testing::Values(
        Golden{"F16", {0}, "10a946f5f07302dd233b4d3536eb148f1fc754330014dfb32e8353f09957eb69"},
        Golden{"BF16", {0}, "82cd5c7293449eaed87d02a6ade23cbd700e794cd9ae95ae7fed5cc9ebe04dcb"},
        Golden{"Q4_0", {0}, "5546c80f9cb00acee75943a870903a89b1f2ceb2c09ed488c0ad422349b596f9"},
        Golden{"Q4_1", {0, 2}, "fc5ad7308a5fdf5621a145780e2ec343d4c5d6a4aff0070daa3bd03dd569eb43"},
        Golden{"Q5_0", {0}, "05819c2b3e0b8f43e661e1cff94e058242c58a9a89a749f0c2f58ccd599768c1"},
        Golden{"Q5_1", {0, 2}, "6e917a7c543aea624c0f5124fbe0daca06b65254cab7617db88bf9a17009c0d0"},
        Golden{"Q8_0", {0}, "8fea481da623134242909d54af4fd7bcddbdf2052996a49b04cc3396e5060310"},
        Golden{"Q4_K", {0, 2}, "34d8eff5fcc47c6ab45b9b80ece6f0794ad8b29451446d31b43b730c0f435d54"},
        Golden{"Q5_K", {0, 2}, "1a4f4cc6a1e75f63c55ba5cd3a1b46ed79b6e799333babcc7ba4d58c21b8ccd4"},
        Golden{"Q6_K", {208}, "7029bef74be62a37814f56b5a32710b8534e039fb953881c23e8bbc130f73b30"}),
    [](const auto& one) { return std::string(one.param.format); });

// Digests of gguf.quantize() of the same values.
TEST(GgufBlocks, AreWrittenAsTheGgufPackageWritesThem) {
  Bytes bytes;
  std::vector<float> values(kBlocks * 32);
  for (float& value : values) {
    const int integer = bytes.next() - 128;
    const int exponent = bytes.next() % 12 - 6;
    const double fraction = 1 + bytes.next() / 256.0;
    value = static_cast<float>(std::ldexp(integer, exponent) * fraction);
  }
  ASSERT_EQ(sha256(values), "f1a86af9a6b614532b569a3ce2af7010f3f969f67a4834fa5f3ed2d3699c58fc");
  for (const auto& [name, digest] :
       {std::pair{"F16", "7ba9e5766af39cebfa79e3255730de4b914d4e17c0fd99a147fc25a6d53cf19b"},
        std::pair{"BF16", "019cb33b7eff6ccf2dbc8619144872b9078db7717bea8e3314f74ccd43cea01f"},
        std::pair{"Q8_0", "4560147b7606ed4e151c4544c0d7354bf53e1ee54fb5a36d82a93183bca8e100"}}) {
    const GgufFormat& format = *find_gguf_format(name);
    std::vector<std::byte> blocks(values.size() / format.elements * format.bytes);
    quantise(format, values, blocks);
    EXPECT_EQ(sha256(blocks), digest) << name;
  }
}

TEST(GgufBlocks, OfNothingOrNearlyNothingAreZero) {
  const GgufFormat& format = *find_gguf_format("Q8_0");
  for (const float value : {0.0F, 1e-42F, -1e-40F}) {
    const std::vector<float> values(32, value);
    std::vector<std::byte> block(format.bytes, std::byte{1});
    quantise(format, values, block);
    EXPECT_EQ(block, std::vector<std::byte>(format.bytes, std::byte{0})) << value;
  }
}

TEST(HalfPrecision, RoundsToNearestEven) {
  EXPECT_EQ(to_float16(1.0F), 0x3C00);
  EXPECT_EQ(to_float16(1.0F + 0x1p-11F), 0x3C00);  // a tie, to even
  EXPECT_EQ(to_float16(1.0F + 0x1.8p-10F), 0x3C02);
  EXPECT_EQ(to_float16(65519.0F), 0x7BFF);
  EXPECT_EQ(to_float16(-65520.0F), 0xFC00);
  EXPECT_EQ(to_float16(0x1p-24F), 0x0001);
  EXPECT_EQ(to_float16(0x1p-25F), 0x0000);  // a tie, to even
  EXPECT_EQ(to_float16(0x1.8p-25F), 0x0001);
  EXPECT_EQ(to_bfloat16(1.0F + 0x1p-8F), 0x3F80);
  EXPECT_EQ(to_bfloat16(1.0F + 0x1.8p-7F), 0x3F82);
  EXPECT_TRUE(std::isnan(from_bfloat16(to_bfloat16(std::numeric_limits<float>::quiet_NaN()))));
}

TEST(HalfPrecision, EveryHalfComesBack) {
  for (std::uint32_t bits = 0; bits < 0x10000; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    const float value = from_float16(half);
    if (std::isnan(value))
      ASSERT_TRUE(std::isnan(from_float16(to_float16(value)))) << bits;
    else
      ASSERT_EQ(to_float16(value), half);
  }
}

}  // namespace
}  // namespace aiops::train
