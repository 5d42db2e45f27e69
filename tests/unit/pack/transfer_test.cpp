// SPDX-License-Identifier: Apache-2.0
#include "pack/transfer.hpp"

#include "base/error.hpp"
#include "pack/media_type.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <mutex>

namespace aiops::pack {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

// A place in memory that notes in which order things arrive.
class MemoryRepository final : public Repository {
 public:
  std::string name() const override { return "memory"; }
  Document fetch_manifest(std::string_view tag_or_digest) override {
    const auto tagged = tag_digests.find(std::string(tag_or_digest));
    const std::string digest =
        tagged == tag_digests.end() ? std::string(tag_or_digest) : tagged->second;
    const auto found = documents.find(digest);
    if (found == documents.end()) throw Error(ExitCode::not_found, digest + " is not here");
    return found->second;
  }
  bool has(const Descriptor& blob) override { return blobs.contains(blob.digest.str()); }
  Blob blob(const Descriptor& descriptor) override {
    return memory_blob(blobs.at(descriptor.digest.str()), descriptor.media_type);
  }
  BlobFate push(const Blob& blob, const std::function<void(std::uint64_t)>& moved) override {
    const std::string digest = blob.descriptor.digest.str();
    if (has(blob.descriptor)) return BlobFate::existed;
    if (digest == broken) throw Error(ExitCode::unavailable, "the blob is broken");
    std::string bytes;
    blob.stream(0, [&](std::span<const std::byte> part) {
      bytes.append(reinterpret_cast<const char*>(part.data()), part.size());
      moved(part.size());
    });
    const std::lock_guard lock(mutex);
    blobs[digest] = bytes;
    arrivals.push_back(bytes);
    return BlobFate::sent;
  }
  void push_manifest(const Document& document, std::string_view tag) override {
    const std::string digest = document.descriptor.digest.str();
    if (vanishing > 0) {
      --vanishing;
      blobs.erase(vanished);
      throw MissingBlobs(ExitCode::failed, vanished + " is missing");
    }
    documents.insert_or_assign(digest, document);
    if (!tag.empty()) tag_digests[std::string(tag)] = digest;
    arrivals.push_back(names.contains(digest) ? names[digest] : "manifest");
    if (is_manifest(document.descriptor.media_type))
      if (const auto subject = Manifest::parse(document.bytes, "test").subject)
        listed[subject->digest.str()].push_back(document.descriptor);
  }
  std::vector<Descriptor> referrers(const Digest& subject) override {
    return listed[subject.str()];
  }
  std::vector<std::string> tags() override { return {}; }

  Descriptor add_blob(const std::string& bytes) {
    const Blob blob = memory_blob(bytes, "text/plain");
    blobs[blob.descriptor.digest.str()] = bytes;
    return blob.descriptor;
  }
  Document add_manifest(const std::string& name, const std::vector<std::string>& layers,
                        std::optional<Descriptor> subject = {}) {
    Manifest manifest{std::string(media_type::kManifest),
                      "test/" + name,
                      add_blob("{}"),
                      {},
                      std::move(subject),
                      {}};
    for (const auto& layer : layers) manifest.layers.push_back(add_blob(layer));
    return add(name, make_document(manifest.to_bytes(), media_type::kManifest));
  }
  Document add_index(const std::string& name, const std::vector<Document>& children) {
    Index index;
    for (const auto& child : children) index.manifests.push_back(child.descriptor);
    index.annotations["name"] = name;
    return add(name, make_document(index.to_bytes(), media_type::kIndex));
  }
  Document add(const std::string& name, const Document& document) {
    names[document.descriptor.digest.str()] = name;
    documents.insert_or_assign(document.descriptor.digest.str(), document);
    if (is_manifest(document.descriptor.media_type))
      if (const auto subject = Manifest::parse(document.bytes, "test").subject)
        listed[subject->digest.str()].push_back(document.descriptor);
    return document;
  }

  std::map<std::string, std::string> blobs, tag_digests, names;
  std::map<std::string, Document> documents;
  std::map<std::string, std::vector<Descriptor>> listed;
  std::vector<std::string> arrivals;
  std::string broken;
  std::string vanished;  // a blob that is dropped when the manifest comes,
  int vanishing = 0;     // so many times
  std::mutex mutex;
};

class TransferTest : public testing::Test {
 protected:
  TransferResult copy(const Document& root, TransferOptions options = {.jobs = 1}) {
    to.names = from.names;
    return transfer(from, to, root, "tag", options, status, stop);
  }
  MemoryRepository from, to;
  SilentStatus status;
  StopFlag stop;
};

TEST_F(TransferTest, TheManifestComesAfterItsBlobsTheLargestFirst) {
  const auto result = copy(from.add_manifest("root", {"small", "the largest", "small"}));
  EXPECT_THAT(to.arrivals, ElementsAre("the largest", "small", "{}", "root"));
  EXPECT_EQ(result.blobs_sent, 3u);
  EXPECT_EQ(result.bytes_sent, 18u);
  EXPECT_EQ(result.bytes_total, 18u);
  EXPECT_EQ(result.manifests_sent, 1u);
}

TEST_F(TransferTest, ASecondTimeNothingMoves) {
  const auto root = from.add_manifest("root", {"a", "b"});
  copy(root);
  to.arrivals.clear();
  const auto result = copy(root);
  EXPECT_THAT(to.arrivals, IsEmpty());
  EXPECT_EQ(result.blobs_existed, 3u);
  EXPECT_EQ(result.bytes_sent + result.blobs_sent + result.manifests_sent, 0u);
}

TEST_F(TransferTest, AnIndexComesAfterItsManifestsAndSharedBlobsTravelOnce) {
  const auto one = from.add_manifest("one", {"shared", "x"});
  const auto two = from.add_manifest("two", {"shared"});
  const auto result = copy(from.add_index("outer", {from.add_index("inner", {one, two}), two}));
  EXPECT_EQ(result.blobs_sent, 3u);
  EXPECT_THAT(std::vector(to.arrivals.end() - 4, to.arrivals.end()),
              ElementsAre("one", "two", "inner", "outer"));
}

TEST_F(TransferTest, ReferrersFollowAndTheirReferrersToo) {
  const auto root = from.add_manifest("root", {"a"});
  const auto signature = from.add_manifest("signature", {"sig"}, root.descriptor);
  from.add_manifest("countersignature", {"sig2"}, signature.descriptor);
  EXPECT_EQ(copy(root).referrers, 0u);
  const auto result = copy(root, {.jobs = 1, .referrers = Referrers::copy});
  EXPECT_EQ(result.referrers, 2u);
  EXPECT_THAT(to.arrivals, Contains("countersignature"));
  to.arrivals.clear();
  EXPECT_EQ(copy(root, {.jobs = 1, .referrers = Referrers::copy}).manifests_sent, 0u);
  EXPECT_THAT(to.arrivals, IsEmpty());
}

TEST_F(TransferTest, AListedReferrerThatIsGoneIsLeftOut) {
  const auto root = from.add_manifest("root", {"a"});
  const auto gone = from.add_manifest("gone", {"x"}, root.descriptor);
  from.add_manifest("signature", {"sig"}, root.descriptor);
  from.documents.erase(gone.descriptor.digest.str());
  EXPECT_EQ(copy(root, {.jobs = 1, .referrers = Referrers::copy}).referrers, 1u);
  EXPECT_THAT(to.arrivals, Contains("signature"));
}

TEST_F(TransferTest, DeepNestingIsRefusedInBoundedTime) {
  auto root = from.add_manifest("leaf", {"a"});
  for (int i = 0; i < 30; ++i) root = from.add_index("level " + std::to_string(i), {root});
  EXPECT_THROW(copy(root), Error);
  EXPECT_THAT(to.arrivals, IsEmpty());
}

TEST_F(TransferTest, TheFirstFailureIsToldAndNoManifestAppears) {
  const auto root = from.add_manifest("root", {"a", "bb", "ccc", "dddd", "eeeee"});
  to.broken = memory_blob("ccc", "text/plain").descriptor.digest.str();
  try {
    copy(root, {.jobs = 3});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::unavailable);
    EXPECT_EQ(error.message, "the blob is broken");
  }
  EXPECT_THAT(to.documents, IsEmpty());
}

TEST_F(TransferTest, ABlobThatVanishesIsSentAgainOnce) {
  const auto root = from.add_manifest("root", {"a", "b"});
  to.vanished = memory_blob("b", "text/plain").descriptor.digest.str();
  to.vanishing = 1;
  const auto result = copy(root);
  EXPECT_EQ(result.manifests_sent, 1u);
  EXPECT_THAT(to.arrivals, ElementsAre("{}", "a", "b", "b", "root"));
  EXPECT_TRUE(to.blobs.contains(to.vanished));
}

TEST_F(TransferTest, ABlobThatKeepsVanishingIsTold) {
  const auto root = from.add_manifest("root", {"a"});
  to.vanished = memory_blob("a", "text/plain").descriptor.digest.str();
  to.vanishing = 2;
  EXPECT_THROW(copy(root), MissingBlobs);
  EXPECT_EQ(to.vanishing, 0);
  EXPECT_THAT(to.documents, IsEmpty());
}

TEST_F(TransferTest, FurtherTagsNameTheSameArtifact) {
  const auto root = from.add_manifest("root", {"a"});
  copy(root, {.jobs = 1, .further_tags = {"x", "y"}});
  for (const char* tag : {"tag", "x", "y"})
    EXPECT_EQ(to.tag_digests[tag], root.descriptor.digest.str()) << tag;
  EXPECT_EQ(copy(root, {.jobs = 1, .further_tags = {"x", "z"}}).manifests_sent, 1u);
}

TEST_F(TransferTest, AStopIsHeard) {
  const auto root = from.add_manifest("root", {"a"});
  stop.request(2);
  try {
    copy(root);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::interrupted);
  }
  EXPECT_THAT(to.arrivals, IsEmpty());
}

}  // namespace
}  // namespace aiops::pack
