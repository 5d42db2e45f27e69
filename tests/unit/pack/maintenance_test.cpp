// SPDX-License-Identifier: Apache-2.0
#include "pack/maintenance.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/ingest.hpp"
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::pack {
namespace {

namespace fs = std::filesystem;

class Maintenance : public testing::Test {
 protected:
  Document store(const std::string& name, const std::string& content,
                 std::optional<Descriptor> subject = std::nullopt) {
    const auto repository = open_store(layout_, name);
    const auto blob = memory_blob(content, "text/plain");
    const auto config = memory_blob("{}", media_type::kEmpty);
    repository->push(blob, {});
    repository->push(config, {});
    const Manifest manifest{std::string(media_type::kManifest),
                            "application/x",
                            config.descriptor,
                            {blob.descriptor},
                            subject,
                            {}};
    auto document = make_document(manifest.to_bytes(), media_type::kManifest);
    repository->push_manifest(document, subject ? "" : "1");
    return document;
  }

  CheckResult check() { return check_layout(layout_, 2, status_, StopFlag()); }
  fs::path blob_of(const std::string& content) { return blob_path(layout_, sha256_of(content)); }

  Scratch scratch_;
  fs::path layout_ = scratch_ / "s";
  SilentStatus status_;
};

TEST_F(Maintenance, GarbageIsWhatNoNameLeadsTo) {
  const auto a = store("a", "content of a");
  store("b", "content of b");
  store("a", "signature", a.descriptor);
  EXPECT_TRUE(collect_garbage(layout_, Collect::look).files.empty());
  remove_names(layout_, {"a:1"});
  const auto seen = collect_garbage(layout_, Collect::look);
  EXPECT_TRUE(fs::exists(blob_of("content of a")));
  const auto gone = collect_garbage(layout_, Collect::remove);
  EXPECT_EQ(gone.files, seen.files);
  EXPECT_FALSE(fs::exists(blob_of("content of a")));
  EXPECT_FALSE(fs::exists(blob_of("signature"))) << "a signature goes with what it is about";
  EXPECT_TRUE(fs::exists(blob_of("content of b")));
  EXPECT_TRUE(fs::exists(blob_of("{}"))) << "shared with b";
  EXPECT_TRUE(check().damage.empty());
  EXPECT_TRUE(collect_garbage(layout_, Collect::look).files.empty());
}

TEST_F(Maintenance, SignaturesOfSignaturesStay) {
  const auto a = store("a", "content");
  const auto signature = store("a", "signature", a.descriptor);
  store("a", "counter-signature", signature.descriptor);
  collect_garbage(layout_, Collect::remove);
  EXPECT_TRUE(fs::exists(blob_of("counter-signature")));
}

TEST_F(Maintenance, StalePartialsGo) {
  store("a", "content");
  write_file_atomically(layout_ / "ingest/sha256-0.partial", "x");
  EXPECT_EQ(collect_garbage(layout_, Collect::remove).files.size(), 1u);
  EXPECT_TRUE(fs::is_empty(layout_ / "ingest"));
}

TEST_F(Maintenance, NothingIsCollectedBesideAWriter) {
  store("a", "content");
  const auto writer = open_store(layout_, "b");
  writer->push(memory_blob("not named yet", "text/plain"), {});
  EXPECT_THROW(collect_garbage(layout_, Collect::remove), Error);
  EXPECT_TRUE(fs::exists(blob_of("not named yet")));
}

TEST_F(Maintenance, NothingIsCollectedPastABrokenManifest) {
  const auto a = store("a", "content");
  write_file_atomically(blob_path(layout_, a.descriptor.digest),
                        std::string(a.descriptor.size, 'x'));
  EXPECT_THROW(collect_garbage(layout_, Collect::remove), Error);
  EXPECT_TRUE(fs::exists(blob_of("content")));
}

TEST_F(Maintenance, NothingIsCollectedPastATruncatedOrMissingManifest) {
  const auto a = store("a", "content");
  const auto manifest = blob_path(layout_, a.descriptor.digest);
  write_file_atomically(manifest, a.bytes.substr(0, a.bytes.size() / 2));
  EXPECT_THROW(collect_garbage(layout_, Collect::remove), Error);
  fs::remove(manifest);
  EXPECT_THROW(collect_garbage(layout_, Collect::remove), Error);
  EXPECT_TRUE(fs::exists(blob_of("content")));
  remove_names(layout_, {"a:1"});  // the way out that the message names
  collect_garbage(layout_, Collect::remove);
  EXPECT_FALSE(fs::exists(blob_of("content")));
}

TEST_F(Maintenance, CheckNamesTheArtifactWhoseSignatureIsBroken) {
  const auto a = store("a", "content of a");
  const auto signature = store("a", "signature", a.descriptor);
  store("b", "content of b");
  write_file_atomically(blob_path(layout_, signature.descriptor.digest), "half");
  const auto damage = check().damage;
  ASSERT_EQ(damage.size(), 1u);
  EXPECT_THAT(damage[0].names, testing::ElementsAre("a:1"));
}

TEST_F(Maintenance, NamesAreRemovedAllOrNone) {
  store("a", "content");
  EXPECT_THROW(remove_names(layout_, {"a:1", "nope:1"}), Error);
  EXPECT_EQ(list_names(layout_).size(), 1u);
}

TEST_F(Maintenance, CheckNamesWhatIsBrokenAndWhatIsMissing) {
  store("a", "content of a");
  store("b", "content of b");
  EXPECT_TRUE(check().damage.empty());
  write_file_atomically(blob_of("content of a"), "kontent of a");
  fs::remove(blob_of("content of b"));
  const auto damage = check().damage;
  ASSERT_EQ(damage.size(), 2u);
  for (const auto& one : damage) {
    const bool first = one.digest == sha256_of("content of a").str();
    EXPECT_EQ(one.why, first ? "does not match its digest" : "is missing");
    EXPECT_THAT(one.names, testing::ElementsAre(first ? "a:1" : "b:1"));
  }
}

TEST_F(Maintenance, AStoreThatIsNotThereIsEmpty) {
  EXPECT_TRUE(list_names(layout_).empty());
  EXPECT_TRUE(collect_garbage(layout_, Collect::remove).files.empty());
  EXPECT_EQ(measure_layout(layout_).blobs, 0u);
  EXPECT_FALSE(fs::exists(layout_));
}

}  // namespace
}  // namespace aiops::pack
