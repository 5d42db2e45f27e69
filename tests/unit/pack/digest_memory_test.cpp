// SPDX-License-Identifier: Apache-2.0
#include "pack/digest_memory.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "base/file.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace aiops::pack {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

FileState a_state() {
  return {.device = 1,
          .inode = 2,
          .size = 3,
          .modified = 100 * kSecond + 1,
          .changed = 100 * kSecond + 1,
          .seen = 101 * kSecond};
}

class DigestMemoryTest : public testing::Test {
 protected:
  Scratch scratch;
  const std::filesystem::path file = scratch / "state/digests";
  const Digest digest = sha256_of("bytes");
  const Digest other = sha256_of("other bytes");

  std::optional<Digest> found_by_another_process(const FileState& state) {
    return DigestMemory(file).find(state);
  }
  static FileState later(FileState state) {
    state.seen += kSecond;
    return state;
  }
};

TEST_F(DigestMemoryTest, IsFoundByTheNextProcess) {
  DigestMemory(file).note(a_state(), digest);
  EXPECT_EQ(found_by_another_process(later(a_state())), digest);
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(DigestMemoryTest, AnyChangeOfTheFileIsAnotherFile) {
  DigestMemory(file).note(a_state(), digest);
  for (auto member : {&FileState::device, &FileState::inode, &FileState::size}) {
    FileState state = later(a_state());
    ++(state.*member);
    EXPECT_EQ(found_by_another_process(state), std::nullopt);
  }
  for (auto member : {&FileState::modified, &FileState::changed}) {
    FileState state = later(a_state());
    ++(state.*member);
    EXPECT_EQ(found_by_another_process(state), std::nullopt);
  }
}

// git's rule: a file that may have been written again in the tick of its own time stamp is racy.
TEST_F(DigestMemoryTest, WhatWasNotAtRestIsNotBelieved) {
  FileState racy = a_state();
  racy.seen = racy.changed + kSecond / 1000;
  EXPECT_FALSE(racy.is_at_rest());
  DigestMemory(file).note(racy, digest);
  EXPECT_EQ(found_by_another_process(later(racy)), std::nullopt);

  FileState set_ahead = a_state();  // touch -d tomorrow
  set_ahead.modified = set_ahead.seen + kSecond;
  EXPECT_FALSE(set_ahead.is_at_rest());

  FileState coarse = a_state();  // a file system that stamps whole seconds
  coarse.changed = coarse.modified = 100 * kSecond;
  EXPECT_FALSE(coarse.is_at_rest());
  coarse.seen = 103 * kSecond;
  EXPECT_TRUE(coarse.is_at_rest());
}

TEST_F(DigestMemoryTest, AnEntryFromTheFutureSaysNothing) {
  DigestMemory(file).note(later(a_state()), digest);
  EXPECT_EQ(found_by_another_process(a_state()), std::nullopt);
  DigestMemory(file).note(a_state(), digest);
  EXPECT_EQ(found_by_another_process(a_state()), digest);
}

TEST_F(DigestMemoryTest, ARacyLineByWhomeverIsNotBelieved) {
  DigestMemory(file).note(a_state(), digest);
  std::string line = read_file(file);
  const auto seen = line.find(" " + std::to_string(a_state().seen));
  line.replace(seen, 13, " " + std::to_string(a_state().changed + 1000));
  line.erase(line.rfind(' ') + 1);
  line += std::string(sha256_of(line).hex().substr(0, 16)) + "\n";
  write_file_atomically(file, line, 0600);
  EXPECT_EQ(found_by_another_process(later(a_state())), std::nullopt);
}

TEST_F(DigestMemoryTest, TheLastEntryCounts) {
  DigestMemory(file).note(a_state(), digest);
  DigestMemory(file, DigestMemory::Trust::no).note(later(a_state()), other);
  EXPECT_EQ(found_by_another_process(later(later(a_state()))), other);
}

TEST_F(DigestMemoryTest, DistrustFindsNothing) {
  DigestMemory(file).note(a_state(), digest);
  EXPECT_EQ(DigestMemory(file, DigestMemory::Trust::no).find(later(a_state())), std::nullopt);
}

TEST_F(DigestMemoryTest, DamagedLinesAreNotRead) {
  DigestMemory(file).note(a_state(), digest);
  const std::string good = read_file(file);
  for (std::size_t i = 0; i + 1 < good.size(); i += 5) {
    std::string bad = good;
    bad[i] = bad[i] == '7' ? '8' : '7';
    write_file_atomically(file, bad, 0600);
    EXPECT_EQ(found_by_another_process(later(a_state())), std::nullopt) << bad;
  }
  write_file_atomically(file, "no such thing\n\n \n" + good + "1 2 3", 0600);
  EXPECT_EQ(found_by_another_process(later(a_state())), digest);
}

TEST_F(DigestMemoryTest, AFileThatOthersMayWriteSaysNothing) {
  DigestMemory(file).note(a_state(), digest);
  ASSERT_EQ(::chmod(file.c_str(), 0620), 0);
  EXPECT_EQ(found_by_another_process(later(a_state())), std::nullopt);
  const std::string before = read_file(file);
  FileState another = a_state();
  another.inode = 9;
  DigestMemory(file).note(another, digest);
  EXPECT_EQ(read_file(file), before);
}

TEST_F(DigestMemoryTest, NoPlaceToRememberIsNoFailure) {
  DigestMemory nowhere("/proc/none/digests");
  nowhere.note(a_state(), digest);
  EXPECT_EQ(nowhere.find(later(a_state())), digest);
  std::filesystem::create_directories(file);  // a directory in its place
  DigestMemory(file).note(a_state(), digest);
  EXPECT_EQ(found_by_another_process(later(a_state())), std::nullopt);
}

TEST_F(DigestMemoryTest, StaysBoundedAndKeepsTheNewest) {
  DigestMemory(file).note(a_state(), digest);
  const std::string line = read_file(file);
  FileState newest = a_state();
  newest.inode = 77;
  std::string text;
  while (text.size() < (5u << 20)) text += line;
  write_file_atomically(file, text, 0600);
  DigestMemory(file).note(newest, other);
  EXPECT_LT(std::filesystem::file_size(file), 3u << 20);
  EXPECT_EQ(found_by_another_process(later(newest)), other);
  EXPECT_EQ(found_by_another_process(later(a_state())), digest);
}

TEST_F(DigestMemoryTest, AFileThatWasJustWrittenIsKnownAfterAMoment) {
  const auto path = scratch / "weights";
  const Fd fd = open_file(path, O_RDWR | O_CREAT);
  write_fully(fd.get(), std::as_bytes(std::span(std::string_view("bytes"))), path);
  const auto written = FileState::of(fd.get(), path);
  if (written.changed % 1'000'000 == 0) GTEST_SKIP() << "a file system with coarse time stamps";
  DigestMemory memory(file);
  memory.note_written(path, written, digest);
  EXPECT_EQ(memory.find(*FileState::at(path)), digest);

  write_fully(fd.get(), std::as_bytes(std::span(std::string_view("!"))), path);
  EXPECT_EQ(memory.find(*FileState::at(path)), std::nullopt);
  memory.note_written(path, written, digest);  // not as it was written any more
  EXPECT_EQ(memory.find(*FileState::at(path)), std::nullopt);
}

TEST_F(DigestMemoryTest, OnlyRegularFilesHaveAState) {
  std::filesystem::create_symlink("/etc/passwd", scratch / "link");
  EXPECT_EQ(FileState::at(scratch / "link"), std::nullopt);
  EXPECT_EQ(FileState::at(scratch.path()), std::nullopt);
  const Fd directory = open_file(scratch.path(), O_RDONLY | O_DIRECTORY);
  EXPECT_THROW(FileState::of(directory.get(), "it"), Error);
}

}  // namespace
}  // namespace aiops::pack
