// SPDX-License-Identifier: Apache-2.0
#include "pack/safetensors.hpp"

#include "base/error.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace aiops::pack {
namespace {

std::string file_of(const std::string& header, std::uint64_t data, std::uint64_t length) {
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

std::string complaint(const std::string& header, std::uint64_t data,
                      std::optional<std::uint64_t> length = std::nullopt) {
  const auto bytes = file_of(header, data, length.value_or(header.size()));
  try {
    parse_safetensors_header(std::as_bytes(std::span(bytes)), bytes.size(), "f");
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "accepted";
}

std::string tensor(const std::string& name, const std::string& shape, int begin, int end,
                   const std::string& dtype = "U8") {
  return '"' + name + R"(":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":[)" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}

TEST(Safetensors, WhatIsWrittenIsReadBackAligned) {
  const Scratch scratch;
  const std::string bytes(64, 'x');
  const auto data = std::as_bytes(std::span(bytes));
  write_safetensors(scratch / "m.safetensors",
                    {{"b", "U8", {3}, data.first(3)},
                     {"z", "F32", {2, 2}, data.first(16)},
                     {"a", "F32", {}, data.first(4)},
                     {"empty", "BF16", {0, 7}, {}}},
                    {{"step", "7"}});
  const auto header = read_safetensors_header(scratch / "m.safetensors");
  EXPECT_EQ(header.data_start % 8, 0u);
  EXPECT_EQ(header.metadata.at("format"), "pt");
  EXPECT_EQ(header.metadata.at("step"), "7");
  std::vector<std::string> names;
  for (const auto& one : header.tensors) names.push_back(one.name);
  EXPECT_THAT(names, testing::ElementsAre("a", "z", "empty", "b"));
  EXPECT_EQ(header.tensors[1].shape, (std::vector<std::uint64_t>{2, 2}));
}

TEST(Safetensors, TheWriterRefusesWhatReadersWould) {
  const Scratch scratch;
  const std::string bytes(8, 'x');
  const auto data = std::as_bytes(std::span(bytes));
  const auto path = scratch / "m.safetensors";
  EXPECT_THROW(write_safetensors(path, {{"a", "F32", {3}, data}}), Error);
  EXPECT_THROW(write_safetensors(path, {{"a", "F31", {2}, data}}), Error);
  EXPECT_THROW(write_safetensors(path, {{"a", "F32", {2}, data}, {"a", "I64", {1}, data}}), Error);
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(Safetensors, AcceptsPaddingAndScalars) {
  EXPECT_EQ(complaint("{}   ", 0), "accepted");
  EXPECT_EQ(complaint("{" + tensor("s", "[]", 0, 4, "F32") + "}", 4), "accepted");
  EXPECT_EQ(complaint("{" + tensor("f4", "[2,3]", 0, 3, "F4") + "}", 3), "accepted");
  EXPECT_EQ(complaint("{" + tensor("b", "[1]", 1, 2) + "," + tensor("a", "[1]", 0, 1) + "}", 2),
            "accepted");
}

TEST(Safetensors, RefusesHostileLengths) {
  EXPECT_THAT(complaint("{}", 0, 1ull << 60), testing::HasSubstr("100,000,000 is the most"));
  EXPECT_THAT(complaint("{}", 0, ~0ull), testing::HasSubstr("100,000,000 is the most"));
  EXPECT_THAT(complaint("{}", 0, 3), testing::HasSubstr("truncated"));
  EXPECT_THAT(complaint("", 0, 0), testing::HasSubstr("not a safetensors file"));
  const std::string seven(7, '\0');
  EXPECT_THROW(parse_safetensors_header(std::as_bytes(std::span(seven)), 7, "f"), Error);
}

TEST(Safetensors, RefusesWhatDoesNotTile) {
  const auto a = tensor("a", "[4]", 0, 4);
  EXPECT_THAT(complaint("{" + a + "," + tensor("b", "[4]", 2, 6) + "}", 6),
              testing::HasSubstr("tensor 'b' overlaps"));
  EXPECT_THAT(complaint("{" + a + "," + tensor("b", "[4]", 6, 10) + "}", 10),
              testing::HasSubstr("hole of 2 bytes"));
  EXPECT_THAT(complaint("{" + a + "}", 9), testing::HasSubstr("5 bytes after the last tensor"));
  EXPECT_THAT(complaint("{" + a + "}", 3), testing::HasSubstr("truncated"));
  EXPECT_THAT(complaint("{" + tensor("a", "[5]", 0, 4) + "}", 4),
              testing::HasSubstr("4 bytes where its shape needs 5"));
  EXPECT_THAT(complaint("{" + tensor("a", "[1]", 4, 3) + "}", 4),
              testing::HasSubstr("ends before it begins"));
  EXPECT_THAT(complaint("{" + tensor("a", "[4294967296,4294967296,2]", 0, 0) + "}", 0),
              testing::HasSubstr("overflows"));
  EXPECT_THAT(complaint("{" + tensor("a", "[1]", 0, 1, "Q4") + "}", 1),
              testing::HasSubstr("unknown dtype"));
}

TEST(Safetensors, RefusesMalformedHeaders) {
  const auto a = tensor("a", "[0]", 0, 0);
  EXPECT_THAT(complaint("{" + a + "," + a + "}", 0), testing::HasSubstr("'a' is there twice"));
  EXPECT_THAT(complaint(" {}", 0), testing::HasSubstr("not JSON"));
  EXPECT_THAT(complaint("{\"a\"", 0), testing::HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint("{} x", 0), testing::HasSubstr("not valid JSON"));
  EXPECT_THAT(complaint(R"({"a":{"dtype":"U8"}})", 0), testing::HasSubstr("lacks"));
  EXPECT_THAT(complaint(R"({"a":{"dtype":"U8","x":1}})", 0), testing::HasSubstr("unknown key 'x'"));
  EXPECT_THAT(complaint(R"({"a":7})", 0), testing::HasSubstr("unexpected value"));
  EXPECT_THAT(complaint(R"({"a":{"dtype":"U8","shape":[-1],"data_offsets":[0,0]}})", 0),
              testing::HasSubstr("unexpected value"));
  EXPECT_THAT(complaint(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}})", 0),
              testing::HasSubstr("not two numbers"));
  EXPECT_THAT(complaint(R"({"__metadata__":{"a":1}})", 0), testing::HasSubstr("not a string"));
  EXPECT_THAT(complaint("{\"a\":" + std::string(1'000'000, '['), 0),
              testing::HasSubstr("unexpected value"));
  EXPECT_THAT(complaint("{\"a\xff\":1}", 0), testing::HasSubstr("not valid JSON"));
}

}  // namespace
}  // namespace aiops::pack
