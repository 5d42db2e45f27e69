// SPDX-License-Identifier: Apache-2.0
#include "registry/upload_memory.hpp"

#include "base/file.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <gtest/gtest.h>
#include <utime.h>

#include <ctime>
#include <fstream>

namespace aiops::registry {
namespace {

namespace fs = std::filesystem;

class UploadMemoryTest : public testing::Test {
 protected:
  pack::Scratch scratch_;
  const Digest digest_ = sha256_of("a blob");
};

TEST_F(UploadMemoryTest, ABlobIsFoundInAnotherRepository) {
  KnownBlobs blobs(scratch_ / "x/blobs");
  EXPECT_FALSE(blobs.elsewhere(digest_, "a"));
  blobs.note(digest_, "a");
  blobs.note(digest_, "a");
  EXPECT_FALSE(blobs.elsewhere(digest_, "a"));
  EXPECT_EQ(blobs.elsewhere(digest_, "b"), "a");
  KnownBlobs later(scratch_ / "x/blobs");
  EXPECT_EQ(later.elsewhere(digest_, "b"), "a");
  later.note(digest_, "b");
  EXPECT_EQ(later.elsewhere(digest_, "c"), "b");
  later.distrust("b");
  EXPECT_EQ(later.elsewhere(digest_, "c"), "a");
}

TEST_F(UploadMemoryTest, TheFileOfBlobsIsBounded) {
  const fs::path file = scratch_ / "blobs";
  {
    std::ofstream lines(file);
    for (int i = 0; i < 9000; ++i) lines << sha256_of(std::to_string(i)).str() << " team/model\n";
    lines << "junk\nsha256:12 a\n";
  }
  KnownBlobs blobs(file);
  EXPECT_TRUE(blobs.elsewhere(sha256_of("8999"), "b"));
  EXPECT_FALSE(blobs.elsewhere(sha256_of("0"), "b"));
  EXPECT_LE(fs::file_size(file), 300U << 10);
  EXPECT_TRUE(KnownBlobs(file).elsewhere(sha256_of("8999"), "b"));
  fs::resize_file(file, 10 << 20);  // somebody else's
  EXPECT_FALSE(KnownBlobs(file).elsewhere(sha256_of("8999"), "b"));
}

TEST_F(UploadMemoryTest, LimitsAreLearntForTheNextProcess) {
  const Url registry = Url::parse("https://registry.test", "test");
  UploadMemory memory(scratch_.path(), registry);
  EXPECT_EQ(memory.limits.get().whole_refused, 0U);
  EXPECT_EQ(memory.limits.get().piece, 64U << 20);
  memory.limits.refused_whole(9 << 20, 4 << 20);
  memory.limits.refused_whole(20 << 20, 4 << 20);
  memory.limits.refused_patch(5 << 20);
  memory.limits.refused_patch(6 << 20);
  UploadMemory later(scratch_.path(), registry);
  EXPECT_EQ(later.limits.get().whole_refused, 9U << 20);
  EXPECT_EQ(later.limits.get().piece, 4U << 20);
  EXPECT_EQ(later.limits.get().patch_limit, 5U << 20);
  UploadMemory other(scratch_.path(), Url::parse("http://registry.test", "test"));
  EXPECT_EQ(other.limits.get().whole_refused, 0U);
}

TEST_F(UploadMemoryTest, OldOrBrokenLimitsAreNone) {
  const fs::path file = scratch_ / "limits";
  LearnedLimits(file, {}).refused_whole(9 << 20, 4 << 20);
  const utimbuf old{::time(nullptr) - 31 * 86400, ::time(nullptr) - 31 * 86400};
  ASSERT_EQ(::utime(file.c_str(), &old), 0);
  EXPECT_EQ(LearnedLimits(file, {}).get().whole_refused, 0U);
  for (const char* text : {"", "[]", "{\"piece\":-1,\"patch_limit\":\"x\"}", "{\"piece\":0}"}) {
    write_file_atomically(file, text);
    EXPECT_EQ(LearnedLimits(file, {}).get().piece, 0U) << text;
  }
  write_file_atomically(file, "{\"piece\":1}");  // a request a byte is nobody's wish
  EXPECT_EQ(LearnedLimits(file, {}).get().piece, 64U << 10);
}

TEST(Quirks, HostsAreKnownByName) {
  const auto named = [](std::string_view host) { return quirks_of(host).name; };
  EXPECT_EQ(named("ghcr.io"), "GitHub");
  EXPECT_EQ(named("GHCR.io:443"), "GitHub");
  EXPECT_EQ(named("notghcr.io"), "");
  EXPECT_EQ(named("ghcr.io.evil.test"), "");
  EXPECT_EQ(named("123456789012.dkr.ecr.eu-west-1.amazonaws.com"), "Amazon ECR");
  EXPECT_EQ(named("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"), "Amazon ECR");
  EXPECT_EQ(named("public.ecr.aws"), "Amazon ECR Public");
  EXPECT_EQ(named("europe-docker.pkg.dev"), "Google Artifact Registry");
  EXPECT_EQ(named("quay.io"), "Quay");
  EXPECT_EQ(named("localhost:5000"), "");
  EXPECT_EQ(quirks_of("ghcr.io").patch_limit, 4U << 20);
}

TEST(Quirks, EveryRowIsWhole) {
  for (const Quirks& row : quirk_table()) {
    EXPECT_FALSE(row.hosts.empty());
    EXPECT_GE(row.piece, 1U << 20) << row.name;
    EXPECT_EQ(row.blob_limit == 0, row.blob_note.empty()) << row.name;
    EXPECT_TRUE(row.patch_limit == 0 || row.piece <= row.patch_limit) << row.name;
  }
  EXPECT_EQ(quirk_table().back().hosts, "*");
}

TEST(Quirks, TheCommandThatCreatesARepository) {
  EXPECT_EQ(create_command("1.dkr.ecr.eu-west-1.amazonaws.com", "team/m"),
            "aws ecr create-repository --region eu-west-1 --repository-name team/m");
  EXPECT_EQ(create_command("public.ecr.aws", "alias/m"),
            "aws ecr-public create-repository --region us-east-1 --repository-name m");
  EXPECT_EQ(create_command("us-east1-docker.pkg.dev", "project/models/m"),
            "gcloud artifacts repositories create models --repository-format docker --location "
            "us-east1");
  EXPECT_EQ(create_command("us-east1-docker.pkg.dev", "project"),
            "gcloud artifacts repositories create project --repository-format docker --location "
            "us-east1");
  EXPECT_EQ(create_command("localhost:5000", "m"), "");
}

}  // namespace
}  // namespace aiops::registry
