// SPDX-License-Identifier: Apache-2.0
#include "pack/partial.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/fetch.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <thread>

namespace aiops::pack {
namespace {

constexpr std::uint64_t kMiB = 1 << 20;

std::string noise(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 1;
  for (char& byte : bytes) byte = static_cast<char>((state = state * 1664525 + 1013904223) >> 24U);
  return bytes;
}

// Ten MiB and a bit; each test leaves some of it behind, as a killed process would, and goes on.
class PartialTest : public testing::Test {
 protected:
  std::unique_ptr<Partial> own() {
    return Partial::own(scratch_ / "x.partial", blob_.descriptor, [] { return false; });
  }
  std::span<const std::byte> bytes(std::uint64_t begin, std::uint64_t end) const {
    return std::as_bytes(std::span(content_)).subspan(begin, end - begin);
  }
  void put(Partial& partial, std::uint64_t begin, std::uint64_t end) const {
    partial.put(begin, bytes(begin, end));
  }
  static std::string gaps(const Partial& partial) {
    std::string text;
    for (const auto& gap : partial.missing())
      text += std::to_string(gap.begin) + "-" + std::to_string(gap.end) + " ";
    return text;
  }
  // Completes it and says which bytes had to be asked for.
  std::string finish() {
    std::string asked;
    Blob source = blob_;
    source.stream = [&](std::uint64_t offset, const Sink& sink) {
      asked += std::to_string(offset) + "- ";
      sink(bytes(offset, content_.size()));
    };
    source.parts = Parts{[] { return true; },
                         [&](std::uint64_t offset, std::uint64_t length, const Sink& sink,
                             const std::function<bool()>&) {
                           asked += std::to_string(offset) + "+" + std::to_string(length) + " ";
                           sink(bytes(offset, offset + length));
                         }};
    const auto partial = own();
    complete(*partial, source, {});
    partial->commit(scratch_ / "done");
    EXPECT_EQ(read_file(scratch_ / "done"), content_);
    EXPECT_FALSE(std::filesystem::exists(scratch_ / "x.journal"));
    return asked;
  }
  void edit(const std::string& name, std::uint64_t offset, std::string_view text) const {
    const Fd fd = open_file(scratch_ / name, O_RDWR);
    pwrite_fully(fd.get(), std::as_bytes(std::span(text)), offset, name);
  }
  // Rewrites the journal as if it had been written before the machine was started.
  void reboot() const {
    const auto path = scratch_ / "x.journal";
    Journal now(path, blob_.descriptor, 11);
    auto claims = now.read();
    ASSERT_TRUE(claims);
    now.remove();
    Journal before(path, blob_.descriptor, 11, "another-boot");
    for (std::size_t i = 0; i < claims->segments.size(); ++i)
      if (claims->segments[i] != 0) before.claim(i);
    if (claims->prefix) before.save(*claims->prefix);
  }

  Scratch scratch_;
  std::string content_ = noise(10 * kMiB + 1000);
  Blob blob_ = memory_blob(content_, "text/plain");
};

TEST_F(PartialTest, AnyOrderLeavesTheGapsThatAreThere) {
  {
    const auto partial = own();
    put(*partial, 8 * kMiB, 10 * kMiB + 1000);
    put(*partial, 2 * kMiB, 4 * kMiB);
    put(*partial, 5 * kMiB, 5 * kMiB + 7);  // a part of a segment is not claimed
    EXPECT_EQ(partial->follow(), 0u);
  }
  EXPECT_EQ(gaps(*own()), "0-2097152 4194304-8388608 ");
  EXPECT_EQ(finish(), "0+2097152 4194304+4194304 ");
}

TEST_F(PartialTest, AppendingGoesOnAtTheByteAfterACheckpoint) {
  {
    const auto partial = own();
    partial->append(bytes(0, 3 * kMiB + 5));
    partial->checkpoint();
  }
  EXPECT_EQ(finish(), "3145733- ");
}

TEST_F(PartialTest, WithoutACheckpointTheClaimedSegmentsAreHashedAgain) {
  own()->append(bytes(0, 3 * kMiB + 5));
  EXPECT_EQ(own()->hashed(), 3 * kMiB);
  EXPECT_EQ(finish(), "3145728- ");
}

TEST_F(PartialTest, TheHashFollowsBehindManyWriters) {
  const auto partial = own();
  std::vector<std::thread> writers;
  for (std::uint64_t i = 0; i < 5; ++i)
    writers.emplace_back([&, i] {
      for (std::uint64_t at = 2 * i * kMiB; at < 2 * (i + 1) * kMiB; at += 65536)
        put(*partial, at, at + 65536);
    });
  put(*partial, 10 * kMiB, content_.size());
  while (!partial->is_full()) partial->follow(kMiB);
  for (auto& writer : writers) writer.join();
  EXPECT_TRUE(partial->is_right());
}

// G32: the length of a file claims nothing, and claims are no proof.
TEST_F(PartialTest, AShorterFileLosesItsClaimsForGood) {
  put(*own(), 0, 8 * kMiB);
  std::filesystem::resize_file(scratch_ / "x.partial", 3 * kMiB + 1);
  {
    const auto partial = own();
    EXPECT_EQ(gaps(*partial), "3145728-10486760 ");
    put(*partial, 9 * kMiB, 10 * kMiB);  // the file is long again
  }
  EXPECT_EQ(gaps(*own()), "3145728-9437184 10485760-10486760 ");
}

TEST_F(PartialTest, AHoleIsNoticedAndTheWholeFetchedOnceMore) {
  put(*own(), 0, 8 * kMiB);
  edit("x.partial", 5 * kMiB, std::string(100, '\0'));
  EXPECT_EQ(finish(), "8388608- 0- ");
}

TEST_F(PartialTest, AJournalOfAnotherBlobVersionOrSizeIsNotBelieved) {
  put(*own(), 0, 8 * kMiB);
  for (const std::size_t place : {7u, 16u, 90u}) {  // version, digest, size
    const auto journal = read_file(scratch_ / "x.journal");
    const auto file = read_file(scratch_ / "x.partial");
    edit("x.journal", place, "9");
    EXPECT_EQ(gaps(*own()), "0-10486760 ") << place;
    write_file_atomically(scratch_ / "x.journal", journal);
    write_file_atomically(scratch_ / "x.partial", file);
  }
  EXPECT_EQ(finish(), "8388608- ");
}

TEST_F(PartialTest, AfterAnotherBootOnlyAFrontThatHashesAlikeIsBelieved) {
  const auto leave = [&] {
    const auto partial = own();
    partial->append(bytes(0, 4 * kMiB));
    partial->checkpoint();
    put(*partial, 6 * kMiB, 10 * kMiB);
  };
  leave();
  reboot();
  EXPECT_EQ(gaps(*own()), "4194304-10486760 ");
  std::filesystem::remove(scratch_ / "x.partial");
  leave();
  reboot();
  edit("x.partial", 1000, std::string(100, '\0'));  // never reached the disk
  EXPECT_EQ(finish(), "0- ");
}

TEST_F(PartialTest, WrongBytesTwiceAreRefusedAndNothingStays) {
  put(*own(), 0, 8 * kMiB);
  Blob source = blob_;
  content_[9 * kMiB] ^= 1;
  source.stream = [&](std::uint64_t offset, const Sink& sink) {
    sink(bytes(offset, content_.size()));
  };
  const auto partial = own();
  EXPECT_THROW(complete(*partial, source, {}), Error);
  EXPECT_TRUE(std::filesystem::is_empty(scratch_.path()));
}

TEST_F(PartialTest, AnAbsurdSizeCostsNoMemory) {
  Descriptor huge = blob_.descriptor;
  huge.size = 1ull << 62U;
  const auto partial = Partial::own(scratch_ / "huge.partial", huge, [] { return false; });
  EXPECT_GE(partial->segment_size(), 1ull << 42U);
  EXPECT_THROW(partial->reserve(), Error);
}

}  // namespace
}  // namespace aiops::pack
