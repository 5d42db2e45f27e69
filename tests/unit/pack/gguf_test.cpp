// SPDX-License-Identifier: Apache-2.0
#include "pack/gguf.hpp"

#include "base/error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

namespace aiops::pack {
namespace {

// Writes the format by its specification, not by our reader.
class Writer {
 public:
  template <typename T>
  Writer& put(T value) {
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Writer& text(const std::string& value) {
    put<std::uint64_t>(value.size());
    bytes_ += value;
    return *this;
  }
  Writer& start(std::uint64_t tensors, std::uint64_t pairs, std::uint32_t version = 3) {
    bytes_ += "GGUF";
    return put(version).put(tensors).put(pairs);
  }
  Writer& string_pair(const std::string& key, const std::string& value) {
    return text(key).put<std::uint32_t>(8).text(value);
  }
  Writer& tensor(const std::string& name, std::vector<std::uint64_t> innermost_first,
                 std::uint32_t type, std::uint64_t offset) {
    text(name).put(static_cast<std::uint32_t>(innermost_first.size()));
    for (const auto dimension : innermost_first) put(dimension);
    return put(type).put(offset);
  }
  std::string file(std::size_t data) const {
    std::string bytes = bytes_;
    bytes.resize((bytes.size() + 31) / 32 * 32);
    return bytes + std::string(data, '\0');
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

GgufHeader read(const std::string& bytes) {
  return read_gguf_header({"f", bytes.size(), [&](std::uint64_t at, std::span<std::byte> into) {
                             ASSERT_LE(at + into.size(), bytes.size());
                             std::memcpy(into.data(), bytes.data() + at, into.size());
                           }});
}

std::string complaint(const std::string& bytes) {
  try {
    read(bytes);
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::failed);
    return error.message;
  }
  return "accepted";
}

TEST(Gguf, MetadataAndTensors) {
  Writer w;
  w.start(2, 5).string_pair("general.architecture", "llama");
  w.text("general.file_type").put<std::uint32_t>(4).put<std::uint32_t>(7);
  w.text("llama.context_length").put<std::uint32_t>(4).put<std::uint32_t>(2048);
  w.text("tokens").put<std::uint32_t>(9).put<std::uint32_t>(8).put<std::uint64_t>(2);
  w.text("<s>").text("a");
  w.text("scores").put<std::uint32_t>(9).put<std::uint32_t>(6).put<std::uint64_t>(2);
  w.put(1.0f).put(2.0f);
  w.tensor("blk.0.attn_q.weight", {64, 32}, 8, 0).tensor("norm", {16}, 0, 64 * 32 / 32 * 34);
  const auto header = read(w.file(64 * 34 + 64));
  EXPECT_EQ(header.text("general.architecture"), "llama");
  EXPECT_EQ(header.number("llama.context_length"), 2048u);
  EXPECT_EQ(header.quantization(), "Q8_0");
  EXPECT_EQ(std::get<GgufArray>(header.metadata.at("tokens")).count, 2u);
  ASSERT_EQ(header.tensors.size(), 2u);
  EXPECT_EQ(header.tensors[0].shape, (std::vector<std::uint64_t>{32, 64}));
  EXPECT_EQ(header.tensors[0].dtype, "Q8_0");
  EXPECT_EQ(header.tensors[0].end, 64u * 34);
}

TEST(Gguf, ArraysAreReadWhereTheyLie) {
  Writer w;
  w.start(0, 3).text("tokens").put<std::uint32_t>(9).put<std::uint32_t>(8).put<std::uint64_t>(2);
  w.text("<s>").text(std::string(300, 'a'));
  w.text("types").put<std::uint32_t>(9).put<std::uint32_t>(5).put<std::uint64_t>(2);
  w.put<std::int32_t>(-3).put<std::int32_t>(1);
  w.text("scores").put<std::uint32_t>(9).put<std::uint32_t>(6).put<std::uint64_t>(1).put(0.5f);
  const std::string bytes = w.file(0);
  const auto header = read(bytes);
  const ByteSource source{"f", bytes.size(), [&](std::uint64_t at, std::span<std::byte> into) {
                            std::memcpy(into.data(), bytes.data() + at, into.size());
                          }};
  EXPECT_EQ(header.array("absent"), nullptr);
  EXPECT_EQ(read_gguf_texts(source, *header.array("tokens"), "tokens"),
            (std::vector<std::string>{"<s>", std::string(300, 'a')}));
  EXPECT_EQ(read_gguf_numbers(source, *header.array("types"), "types"),
            (std::vector<double>{-3, 1}));
  EXPECT_EQ(read_gguf_numbers(source, *header.array("scores"), "scores"),
            (std::vector<double>{0.5}));
  EXPECT_THROW(read_gguf_texts(source, *header.array("types"), "types"), Error);
  EXPECT_THROW(read_gguf_numbers(source, *header.array("tokens"), "tokens"), Error);
  EXPECT_THROW(read_gguf_texts(source, {8, 1ull << 40, 0}, "tokens"), Error);
  EXPECT_THROW(read_gguf_texts(source, {8, 2, bytes.size()}, "tokens"), Error);
}

TEST(Gguf, HostileCountsAreRefusedBeforeTheyAreBelieved) {
  EXPECT_THAT(complaint(Writer().start(1ull << 60, 0).file(100)), testing::HasSubstr("tensors"));
  EXPECT_THAT(complaint(Writer().start(0, 1ull << 60).file(100)), testing::HasSubstr("pairs"));
  EXPECT_THAT(complaint(Writer().start(100, 0).file(100)), testing::HasSubstr("tensors"));
  Writer key;
  key.start(0, 1).put<std::uint64_t>(1ull << 60);
  EXPECT_THAT(complaint(key.file(100)), testing::HasSubstr("truncated"));
  Writer list;
  list.start(0, 1).text("k").put<std::uint32_t>(9).put<std::uint32_t>(10).put(1ull << 62);
  EXPECT_THAT(complaint(list.file(100)), testing::HasSubstr("longer than the file"));
  Writer texts;
  texts.start(0, 1).text("k").put<std::uint32_t>(9).put<std::uint32_t>(8).put(1ull << 62);
  EXPECT_THAT(complaint(texts.file(100)), testing::HasSubstr("longer than the file"));
}

TEST(Gguf, DeepArraysAreRefused) {
  Writer w;
  w.start(0, 1).text("k").put<std::uint32_t>(9);
  for (int i = 0; i < 1000; ++i) w.put<std::uint32_t>(9).put<std::uint64_t>(1);
  EXPECT_THAT(complaint(w.file(100)), testing::HasSubstr("too deeply"));
}

TEST(Gguf, EveryTruncationIsNoticed) {
  Writer w;
  w.start(1, 1).string_pair("general.name", "demo").tensor("t", {8}, 0, 0);
  const auto whole = w.file(32);
  EXPECT_EQ(complaint(whole), "accepted");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(complaint(whole.substr(0, size)), "accepted") << size;
}

TEST(Gguf, MalformedHeadersAreRefused) {
  EXPECT_THAT(complaint("GGUX" + std::string(100, '\0')), testing::HasSubstr("not a GGUF file"));
  EXPECT_THAT(complaint(Writer().start(0, 0, 1).file(0)), testing::HasSubstr("version 1"));
  EXPECT_THAT(complaint(Writer().start(0, 1).text("k").put<std::uint32_t>(77).file(64)),
              testing::HasSubstr("unknown type 77"));
  EXPECT_THAT(complaint(Writer().start(0, 2).string_pair("k", "").string_pair("k", "").file(0)),
              testing::HasSubstr("'k' is there twice"));
  EXPECT_THAT(
      complaint(Writer().start(2, 0).tensor("t", {8}, 0, 0).tensor("t", {8}, 0, 32).file(64)),
      testing::HasSubstr("'t' is there twice"));
  EXPECT_THAT(
      complaint(Writer().start(2, 0).tensor("a", {8}, 0, 0).tensor("b", {8}, 0, 16).file(64)),
      testing::HasSubstr("overlaps"));
  EXPECT_THAT(complaint(Writer().start(1, 0).tensor("t", {1ull << 62, 8}, 0, 0).file(64)),
              testing::HasSubstr("does not fit"));
  EXPECT_THAT(complaint(Writer().start(1, 0).tensor("t", {33}, 8, 0).file(64)),
              testing::HasSubstr("does not fit"));
  EXPECT_THAT(complaint(Writer().start(1, 0).tensor("t", {8}, 0, ~0ull - 8).file(64)),
              testing::HasSubstr("does not fit"));
  Writer alignment;
  alignment.start(0, 1).text("general.alignment").put<std::uint32_t>(4).put<std::uint32_t>(3);
  EXPECT_THAT(complaint(alignment.file(0)), testing::HasSubstr("power of two"));
}

}  // namespace
}  // namespace aiops::pack
