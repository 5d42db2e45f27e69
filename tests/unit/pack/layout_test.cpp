// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/ingest.hpp"
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <thread>

namespace aiops::pack {
namespace {

Document manifest_of(const std::vector<Descriptor>& layers,
                     std::optional<Descriptor> subject = std::nullopt) {
  const Manifest manifest{std::string(media_type::kManifest),
                          "application/x",
                          {std::string(media_type::kEmpty), sha256_of("{}"), 2, {}, {}},
                          layers,
                          std::move(subject),
                          {}};
  return make_document(manifest.to_bytes(), media_type::kManifest);
}

// Says how it ended: "sent", or the Error's message.
std::string try_push(Repository& repository, const Blob& blob) {
  try {
    return repository.push(blob, {}) == BlobFate::sent ? "sent" : "existed";
  } catch (const Error& error) {
    return error.reason.empty() ? error.message : error.reason;
  }
}

TEST(Layout, BlobsAndTagsComeBack) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto blob = memory_blob("hello", "text/plain");
  EXPECT_FALSE(layout->has(blob.descriptor));
  EXPECT_EQ(try_push(*layout, blob), "sent");
  EXPECT_EQ(try_push(*layout, blob), "existed");
  EXPECT_EQ(read_blob(*layout, blob.descriptor), "hello");
  std::array<std::byte, 3> part{};
  layout->blob(blob.descriptor).read_at(2, part);
  EXPECT_EQ(std::memcmp(part.data(), "llo", 3), 0);

  const auto document = manifest_of({blob.descriptor});
  layout->push_manifest(document, "v1");
  layout->push_manifest(document, "v2");
  EXPECT_THAT(layout->tags(), testing::ElementsAre("v1", "v2"));
  EXPECT_EQ(layout->fetch_manifest("v1").bytes, document.bytes);
  EXPECT_EQ(layout->fetch_manifest(document.descriptor.digest.str()).bytes, document.bytes);
  EXPECT_THROW(layout->fetch_manifest("v3"), Error);
}

TEST(Layout, ManifestBytesPassUnchangedWithUnknownMembers) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  auto bytes = manifest_of({}).bytes;
  bytes.insert(bytes.size() - 1, R"( , "futureMember" : [1] )");
  layout->push_manifest(make_document(bytes, media_type::kManifest), "v1");
  EXPECT_EQ(layout->fetch_manifest("v1").bytes, bytes);
}

TEST(Layout, UnknownMembersOfTheIndexSurvive) {
  const Scratch scratch;
  open_layout(scratch / "l", Create::yes);
  const auto digest = std::string(64, 'a');
  write_file_atomically(
      scratch / "l/index.json",
      R"({"schemaVersion":2,"x-tool":1,"manifests":[{"mediaType":"m","digest":"sha256:)" + digest +
          R"(","size":1,"platform":{"os":"linux"}}]})");
  open_layout(scratch / "l", Create::no)->push_manifest(manifest_of({}), "v1");
  const auto index = read_file(scratch / "l/index.json");
  EXPECT_THAT(index, testing::HasSubstr(R"("platform":{"os":"linux"})"));
  EXPECT_THAT(index, testing::HasSubstr(R"("x-tool":1)"));
}

TEST(Layout, WrongBytesNeverGetAName) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  auto blob = memory_blob("hello", "text/plain");
  blob.stream = memory_blob("hellO", "text/plain").stream;
  EXPECT_EQ(try_push(*layout, blob), "digest-mismatch");
  blob.stream = memory_blob("hello, and more", "text/plain").stream;
  EXPECT_EQ(try_push(*layout, blob), "digest-mismatch");
  blob.stream = memory_blob("hell", "text/plain").stream;
  EXPECT_EQ(try_push(*layout, blob), "digest-mismatch");  // a file here: nothing else will come
  blob.read_at = {};
  EXPECT_THAT(try_push(*layout, blob), testing::HasSubstr("ended after 4 of 5 bytes"));
  EXPECT_FALSE(layout->has(blob.descriptor));
}

TEST(Layout, AFileOfTheWrongSizeIsNotTheBlobAndIsReplaced) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto blob = memory_blob("hello", "text/plain");
  write_file_atomically(blob_path(scratch / "l", blob.descriptor.digest), "hel");
  EXPECT_FALSE(layout->has(blob.descriptor));
  EXPECT_EQ(try_push(*layout, blob), "sent");
  EXPECT_EQ(read_blob(*layout, blob.descriptor), "hello");
}

TEST(Layout, AnInterruptedIngestIsContinued) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  auto blob = memory_blob("hello world", "text/plain");
  const auto whole = blob.stream;
  blob.read_at = {};
  blob.stream = memory_blob("hello", "text/plain").stream;
  try_push(*layout, blob);
  EXPECT_EQ(read_file(partial_path(scratch / "l", blob.descriptor.digest)), "hello");
  std::uint64_t asked = 99;
  blob.stream = [&](std::uint64_t offset, const Sink& sink) { whole(asked = offset, sink); };
  EXPECT_EQ(try_push(*layout, blob), "sent");
  EXPECT_EQ(asked, 5u);
  EXPECT_EQ(read_blob(*layout, blob.descriptor), "hello world");
}

TEST(Layout, ACorruptPartialIsThrownAwayWithoutHelp) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto blob = memory_blob("hello world", "text/plain");
  for (const char* left : {"hellO", "hellO world", "hello world and more"}) {
    write_file_atomically(partial_path(scratch / "l", blob.descriptor.digest), left);
    EXPECT_EQ(try_push(*layout, blob), "sent") << left;
    EXPECT_EQ(read_blob(*layout, blob.descriptor), "hello world");
    std::filesystem::remove(blob_path(scratch / "l", blob.descriptor.digest));
  }
}

// Nothing vouches for bytes without a journal, however many there are.
TEST(Layout, APartialWithoutAJournalIsBegunAgain) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  auto blob = memory_blob("hello", "text/plain");
  write_file_atomically(partial_path(scratch / "l", blob.descriptor.digest), "hello");
  std::uint64_t asked = 99;
  blob.stream = [&, whole = blob.stream](std::uint64_t offset, const Sink& sink) {
    whole(asked = offset, sink);
  };
  EXPECT_EQ(try_push(*layout, blob), "sent");
  EXPECT_EQ(asked, 0u);
}

TEST(Layout, ManyThreadsStoreOneDigestOnce) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto blob = memory_blob(std::string(1 << 20, 'x'), "text/plain");
  std::atomic<int> sent = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] { sent += layout->push(blob, {}) == BlobFate::sent ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(sent, 1);
  EXPECT_EQ(read_blob(*layout, blob.descriptor).size(), 1u << 20);
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "l/ingest"));
}

TEST(Layout, ManyProcessesTagWithoutLosingOne) {
  const Scratch scratch;
  open_layout(scratch / "l", Create::yes);
  std::vector<pid_t> children;
  for (int child = 0; child < 6; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const auto layout = open_layout(scratch / "l", Create::yes);
      for (int i = 0; i < 5; ++i)
        layout->push_manifest(manifest_of({}),
                              "t" + std::to_string(child) + "-" + std::to_string(i));
      ::_exit(0);
    }
    children.push_back(pid);
  }
  for (const auto pid : children) ::waitpid(pid, nullptr, 0);
  EXPECT_EQ(open_layout(scratch / "l", Create::no)->tags().size(), 30u);
}

TEST(Layout, AKilledWriterLeavesAPartialAndNoLock) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  auto blob = memory_blob(std::string(8 << 20, 'x'), "text/plain");
  const pid_t pid = ::fork();
  if (pid == 0) {
    auto dying = blob;
    dying.stream = [](std::uint64_t, const Sink& sink) {
      const std::string part((5 << 20) + 1000, 'x');
      sink(std::as_bytes(std::span(part)));
      ::raise(SIGKILL);
    };
    layout->push(dying, {});
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_FALSE(layout->has(blob.descriptor));
  std::uint64_t moved = 0;
  EXPECT_EQ(layout->push(blob, [&](std::uint64_t n) { moved += n; }), BlobFate::sent);
  EXPECT_EQ(moved, 3u << 20);
  EXPECT_TRUE(std::filesystem::is_empty(scratch / "l/ingest"));
}

TEST(Layout, ReferrersGoToTheFallbackIndexAndComeBack) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto subject = manifest_of({});
  layout->push_manifest(subject, "v1");
  EXPECT_TRUE(layout->referrers(subject.descriptor.digest).empty());
  const auto referrer = manifest_of({}, subject.descriptor);
  layout->push_manifest(referrer, "");
  layout->push_manifest(referrer, "");
  const auto found = layout->referrers(subject.descriptor.digest);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].digest, referrer.descriptor.digest);
  EXPECT_EQ(found[0].artifact_type, "application/x");
  EXPECT_THAT(layout->tags(), testing::ElementsAre("v1"));
  EXPECT_NO_THROW(layout->fetch_manifest(referrers_tag(subject.descriptor.digest)));
}

TEST(Layout, AChangedManifestIsUnverified) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto document = manifest_of({});
  layout->push_manifest(document, "v1");
  auto bytes = document.bytes;
  bytes[bytes.size() / 2] ^= 1;
  write_file_atomically(blob_path(scratch / "l", document.descriptor.digest), bytes);
  try {
    layout->fetch_manifest("v1");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.reason, "digest-mismatch");
  }
}

TEST(Layout, AManifestUnderAnotherDigestIsNotStored) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  auto document = manifest_of({});
  document.descriptor.digest = sha256_of("other");
  EXPECT_THROW(layout->push_manifest(document, "v1"), Error);
  EXPECT_TRUE(layout->tags().empty());
}

TEST(Layout, ANamelessOnlyManifestIsTheLatest) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto document = manifest_of({});
  layout->push_manifest(document, "");
  EXPECT_EQ(layout->fetch_manifest("latest").bytes, document.bytes);
}

// A listing or a transfer of n manifests would otherwise parse n entries n times.
TEST(Layout, AManifestIsFetchedByDigestWithoutTheIndex) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto document = manifest_of({});
  layout->push_manifest(document, "v1");
  write_file_atomically(scratch / "l/index.json", "not JSON");
  EXPECT_EQ(layout->fetch_manifest(document.descriptor.digest.str()).descriptor.media_type,
            media_type::kManifest);
}

// Killed while it was made: oci-layout comes last, so whoever looks sees an empty store until then.
TEST(Store, HalfMadeIsEmptyAndIsCompletedByTheNextWriter) {
  const Scratch scratch;
  open_layout(scratch / "s", Create::yes);
  EXPECT_LE(std::filesystem::last_write_time(scratch / "s/index.json"),
            std::filesystem::last_write_time(scratch / "s/oci-layout"));
  std::filesystem::remove(scratch / "s/oci-layout");
  EXPECT_NO_THROW(EXPECT_TRUE(open_store(scratch / "s", "a", Create::no)->tags().empty()));
  std::filesystem::remove(scratch / "s/index.json");
  EXPECT_NO_THROW(EXPECT_TRUE(open_store(scratch / "s", "a", Create::no)->tags().empty()));
  open_store(scratch / "s", "a")->push_manifest(manifest_of({}), "1");
  EXPECT_THAT(open_store(scratch / "s", "a", Create::no)->tags(), testing::ElementsAre("1"));
}

TEST(Layout, WhatIsNoLayoutIsSaid) {
  const Scratch scratch;
  EXPECT_THROW(open_layout(scratch / "none", Create::no), Error);
  write_file_atomically(scratch / "oci-layout", R"({"imageLayoutVersion":"9"})");
  EXPECT_THROW(open_layout(scratch.path(), Create::no), Error);
}

TEST(Store, NamesShareOneLayoutAndItsReferrers) {
  const Scratch scratch;
  const auto a = open_store(scratch / "s", "a");
  const auto b = open_store(scratch / "s", "team/b");
  const auto document = manifest_of({});
  a->push_manifest(document, "1");
  b->push_manifest(document, "2");
  EXPECT_THAT(a->tags(), testing::ElementsAre("1"));
  EXPECT_THAT(b->tags(), testing::ElementsAre("2"));
  EXPECT_THROW(a->fetch_manifest("2"), Error);
  a->push_manifest(manifest_of({}, document.descriptor), "");
  EXPECT_EQ(b->referrers(document.descriptor.digest).size(), 1u);
}

TEST(ReadBlob, RefusesWhatIsTooLarge) {
  const Scratch scratch;
  const auto layout = open_layout(scratch / "l", Create::yes);
  const auto blob = memory_blob("hello", "text/plain");
  layout->push(blob, {});
  EXPECT_THROW(read_blob(*layout, blob.descriptor, 4), Error);
}

}  // namespace
}  // namespace aiops::pack
