// SPDX-License-Identifier: Apache-2.0
#include "bench/storage.hpp"

#include "base/error.hpp"
#include "base/fd.hpp"
#include "bench/scratch_file.hpp"
#include "tests/unit/bench/alone.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>

namespace aiops::bench {
namespace {

// A disk or, on some machines, memory, which is never cold.
std::vector<std::string> operations_in(const std::filesystem::path& directory) {
  return filesystem_of(directory) == "tmpfs" ? std::vector<std::string>{"write"}
                                             : storage_operations();
}

TEST(Storage, WritesAndReadsFilesThatLeaveNothing) {
  const pack::Scratch here;
  Alone alone;
  const auto operations = operations_in(here.path());
  const Suite suite = storage_suite({here.path(), {5000, 3 << 20}, operations}, alone.bench);
  {
    const Group group = suite.items[0].make();
    EXPECT_TRUE(std::filesystem::is_empty(here.path()));  // while there is a file, it has no name
  }
  run_suite(suite, alone.bench);
  ASSERT_EQ(alone.records.size(), 2 * operations.size());
  for (const Json& record : alone.records) {
    EXPECT_EQ(record.at("correctness").at("pass"), true);
    EXPECT_LE(record.at("counters").at("resident_pct").get<double>(), 1);
  }
  EXPECT_EQ(alone.records.back().at("workload").at("bytes_min"), 3 << 20);
}

TEST(Storage, AFileInMemoryIsNeverCold) {
  if (!std::filesystem::is_directory("/dev/shm") || filesystem_of("/dev/shm") != "tmpfs")
    GTEST_SKIP() << "no file system in memory";
  Alone alone;
  EXPECT_NO_THROW(
      run_suite(storage_suite({"/dev/shm", {4096}, {"write"}}, alone.bench), alone.bench));
  EXPECT_THROW(run_suite(storage_suite({"/dev/shm", {4096}, {"read"}}, alone.bench), alone.bench),
               Error);
}

TEST(Storage, RoomThatIsNotThereIsNotTaken) {
  const pack::Scratch here;
  Alone alone;
  EXPECT_THROW(
      run_suite(storage_suite({here.path(), {std::int64_t{1} << 60}, {"write"}}, alone.bench),
                alone.bench),
      Error);
  EXPECT_THROW(ScratchFile(here / "nowhere"), Error);
}

TEST(Storage, HeedsAStop) {
  const pack::Scratch here;
  Alone alone;
  ScratchFile file(here.path());
  file.empty();
  file.write(2 * ScratchFile::kBlock, alone.stop);
  EXPECT_EQ(file.wrong_blocks(), 0);
  alone.stop.request(SIGINT);
  EXPECT_THROW(file.write(ScratchFile::kBlock, alone.stop), Error);
  EXPECT_THROW(file.read(alone.stop), Error);
}

// What was written over a block that held something else is seen.
TEST(Storage, WhatIsNotWhatWasWrittenIsSeen) {
  const pack::Scratch here;
  Alone alone;
  ScratchFile file(here.path());
  file.empty();
  file.write(2 * ScratchFile::kBlock, alone.stop);
  file.read(alone.stop);  // leaves the last block, whose mark a write then replaces
  file.empty();
  file.write(2 * ScratchFile::kBlock + 100, alone.stop);
  EXPECT_EQ(file.wrong_blocks(), 0);
  const std::byte wrong{7};
  pwrite_fully(file.fd(), {&wrong, 1}, ScratchFile::kBlock + 9, "damage");
  EXPECT_EQ(file.wrong_blocks(), 1);
}

}  // namespace
}  // namespace aiops::bench
