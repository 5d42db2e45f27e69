// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::pack {
namespace {

Document manifest_of(const std::vector<Descriptor>& layers) {
  const Manifest manifest{
      std::string(media_type::kManifest), "application/x", layers.at(0), layers, std::nullopt, {}};
  return make_document(manifest.to_bytes(), media_type::kManifest);
}

const Blob& first() {
  static const Blob blob = memory_blob("hello", "text/plain");
  return blob;
}

void write_archive(const std::filesystem::path& file) {
  const auto archive = open_archive(file, Create::yes);
  archive->push(first(), {});
  archive->push_manifest(manifest_of({first().descriptor}), "v1");
  finish_archive(*archive);
}

TEST(Archive, WhatIsWrittenIsReadInPlace) {
  const Scratch scratch;
  write_archive(scratch / "a.tar");
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.tar.partial"));
  const auto archive = open_archive(scratch / "a.tar", Create::no);
  EXPECT_THAT(archive->tags(), testing::ElementsAre("v1"));
  EXPECT_EQ(archive->fetch_manifest("v1").bytes, manifest_of({first().descriptor}).bytes);
  EXPECT_EQ(read_blob(*archive, first().descriptor), "hello");
  EXPECT_TRUE(archive->has(first().descriptor));
  EXPECT_THROW(archive->push_manifest(manifest_of({first().descriptor}), "v2"), Error);
}

TEST(Archive, TheSameContentGivesTheSameBytes) {
  const Scratch scratch;
  write_archive(scratch / "a.tar");
  write_archive(scratch / "b.tar");
  EXPECT_EQ(read_file(scratch / "a.tar"), read_file(scratch / "b.tar"));
}

TEST(Archive, AddingKeepsWhatWasThere) {
  const Scratch scratch;
  write_archive(scratch / "a.tar");
  const auto second = memory_blob("second", "text/plain");
  const auto archive = open_archive(scratch / "a.tar", Create::yes);
  EXPECT_EQ(archive->push(first(), {}), BlobFate::existed);
  archive->push(second, {});
  archive->push_manifest(manifest_of({second.descriptor}), "v2");
  finish_archive(*archive);
  const auto again = open_archive(scratch / "a.tar", Create::no);
  EXPECT_THAT(again->tags(), testing::ElementsAre("v1", "v2"));
  EXPECT_EQ(read_blob(*again, first().descriptor), "hello");
  EXPECT_EQ(read_blob(*again, second.descriptor), "second");
}

TEST(Archive, AnAbandonedRunLeavesNoNamesButItsBlobs) {
  const Scratch scratch;
  {
    const auto archive = open_archive(scratch / "a.tar", Create::yes);
    archive->push(first(), {});
    archive->push_manifest(manifest_of({first().descriptor}), "old");
  }
  EXPECT_FALSE(std::filesystem::exists(scratch / "a.tar"));
  const auto archive = open_archive(scratch / "a.tar", Create::yes);
  EXPECT_TRUE(archive->tags().empty());
  EXPECT_TRUE(archive->has(first().descriptor));
  finish_archive(*archive);
  EXPECT_FALSE(open_archive(scratch / "a.tar", Create::no)->has(first().descriptor));
}

TEST(Archive, TwoWritersDoNotMeet) {
  const Scratch scratch;
  const auto archive = open_archive(scratch / "a.tar", Create::yes);
  EXPECT_THROW(open_archive(scratch / "a.tar", Create::yes), Error);
}

TEST(Archive, RefusesWhatIsNoArchive) {
  const Scratch scratch;
  EXPECT_THROW(open_archive(scratch / "none.tar", Create::no), Error);
  write_file_atomically(scratch / "x.tar", std::string(2000, 'x'));
  EXPECT_THROW(open_archive(scratch / "x.tar", Create::no), Error);
  write_archive(scratch / "a.tar");
  write_file_atomically(scratch / "cut.tar", read_file(scratch / "a.tar").substr(0, 1700));
  EXPECT_THROW(open_archive(scratch / "cut.tar", Create::no), Error);
}

}  // namespace
}  // namespace aiops::pack
