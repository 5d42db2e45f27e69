// SPDX-License-Identifier: Apache-2.0
#include "registry/push_journal.hpp"

#include "base/file.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <ctime>
#include <thread>

namespace aiops::registry {
namespace {

namespace fs = std::filesystem;

class PushJournalTest : public testing::Test {
 protected:
  PushJournal::Session session(const std::string& target, std::uint64_t offset) {
    return {Url::parse("https://registry.test" + target, "test"), offset};
  }
  fs::path only_file() { return fs::directory_iterator(directory_)->path(); }

  pack::Scratch scratch_;
  fs::path directory_ = scratch_ / "state/uploads";
  const Digest digest_ = sha256_of("a blob");
  const std::string host_ = "https://registry.test:443";
};

TEST_F(PushJournalTest, WhatIsKeptIsFoundByTheNextProcess) {
  {
    PushJournal journal(directory_);
    auto entry = journal.open(host_, "a/b", digest_);
    EXPECT_FALSE(entry.session());
    entry.keep(session("/v2/a/b/blobs/uploads/1?_state=long-and-secret%3D", 0));
    entry.keep(session("/2?_s=", 4096));
  }
  PushJournal journal(directory_);
  const auto entry = journal.open(host_, "a/b", digest_);
  ASSERT_TRUE(entry.session());
  EXPECT_EQ(entry.session()->location.str(), "https://registry.test/2?_s=");
  EXPECT_EQ(entry.session()->offset, 4096U);
  EXPECT_FALSE(journal.open(host_, "a/other", digest_).session());
  EXPECT_FALSE(journal.open("https://other.test:443", "a/b", digest_).session());
}

TEST_F(PushJournalTest, OnlyItsOwnerCanReadIt) {
  PushJournal journal(directory_);
  journal.open(host_, "a", digest_).keep(session("/1", 0));
  struct stat status {};
  ASSERT_EQ(::stat(only_file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat(directory_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
}

TEST_F(PushJournalTest, TheSecondOwnerRemembersNothingAndHarmsNothing) {
  PushJournal journal(directory_);
  auto first = journal.open(host_, "a", digest_);
  first.keep(session("/first", 1));
  {
    auto second = journal.open(host_, "a", digest_);
    EXPECT_FALSE(second.session());
    second.keep(session("/second", 2));
    second.forget();
  }
  journal.drop(host_, "a", digest_);
  first = {};
  EXPECT_EQ(journal.open(host_, "a", digest_).session()->location.target, "/first");
}

TEST_F(PushJournalTest, ForgetAndDropLeaveNoFile) {
  PushJournal journal(directory_);
  auto entry = journal.open(host_, "a", digest_);
  entry.keep(session("/1", 0));
  entry.forget();
  EXPECT_TRUE(fs::is_empty(directory_));
  journal.open(host_, "a", digest_).keep(session("/1", 0));
  journal.drop(host_, "a", digest_);
  journal.drop(host_, "never", digest_);
  EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(PushJournalTest, ALostSessionLeavesTheEntryToTheNextOne) {
  PushJournal journal(directory_);
  {
    auto entry = journal.open(host_, "a", digest_);
    entry.keep(session("/1", 7));
    entry.lose();
    EXPECT_FALSE(entry.session());
    entry.keep(session("/2", 8));
  }
  EXPECT_EQ(journal.open(host_, "a", digest_).session()->offset, 8U);
}

TEST_F(PushJournalTest, TornAndForeignEntriesAreNone) {
  PushJournal journal(directory_);
  journal.open(host_, "a", digest_).keep(session("/1", 0));
  const std::string whole = read_file(only_file());
  for (const std::string& text :
       {std::string(), whole.substr(0, whole.size() / 2), std::string("{}\n"), std::string("[1]\n"),
        std::string(20000, 'x'), whole.substr(0, whole.size() - 2) + ",\"key\":\"x\"}\n"}) {
    write_file_atomically(only_file(), text);
    EXPECT_FALSE(journal.open(host_, "a", digest_).session()) << text.substr(0, 80);
  }
}

TEST_F(PushJournalTest, OldEntriesOfAnyRegistryAreSwept) {
  PushJournal(directory_).open("https://gone.test:443", "a", digest_).keep(session("/1", 0));
  const utimbuf old{::time(nullptr) - 8 * 86400, ::time(nullptr) - 8 * 86400};
  ASSERT_EQ(::utime(only_file().c_str(), &old), 0);
  PushJournal journal(directory_);
  journal.open(host_, "b", digest_).keep(session("/1", 0));
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_), {}), 1);
}

TEST_F(PushJournalTest, WithoutAPlaceNothingIsRemembered) {
  write_file_atomically(scratch_ / "file", "");
  for (const fs::path& place : {fs::path(), scratch_ / "file" / "below"}) {
    PushJournal journal(place);
    auto entry = journal.open(host_, "a", digest_);
    entry.keep(session("/1", 0));
    EXPECT_TRUE(entry.session());
    entry.forget();
  }
}

TEST_F(PushJournalTest, ThreadsShareOneJournal) {
  PushJournal journal(directory_);
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int j = 0; j < 20; ++j) {
        auto entry = journal.open(host_, "a", sha256_of(std::to_string((i + j) % 4)));
        entry.keep(session("/1", 1));
        if (j % 3 == 0) entry.forget();
      }
    });
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < 4; ++i) {
    const auto entry = journal.open(host_, "a", sha256_of(std::to_string(i)));
    EXPECT_TRUE(!entry.session() || entry.session()->offset == 1U);
  }
}

}  // namespace
}  // namespace aiops::registry
