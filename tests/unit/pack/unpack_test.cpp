// SPDX-License-Identifier: Apache-2.0
#include "pack/unpack.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/ingest.hpp"
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace aiops::pack {
namespace {

const std::string kRaw = "application/vnd.cncf.model.weight.v1.raw";
const std::string kTar = "application/vnd.cncf.model.weight.config.v1.tar";

struct TarFile {
  std::string name, content;
  unsigned type = AE_IFREG;
  std::string link = {};
};

std::string tar_of(const std::vector<TarFile>& files, bool zstd = false) {
  std::string bytes(1 << 20, '\0');
  std::size_t used = 0;
  auto* a = archive_write_new();
  archive_write_set_format_pax_restricted(a);
  if (zstd) archive_write_add_filter_zstd(a);
  archive_write_open_memory(a, bytes.data(), bytes.size(), &used);
  for (const auto& file : files) {
    auto* entry = archive_entry_new();
    archive_entry_set_pathname(entry, file.name.c_str());
    archive_entry_set_filetype(entry, file.type);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(file.content.size()));
    if (file.type == AE_IFLNK) archive_entry_set_symlink(entry, file.link.c_str());
    if (file.type == AE_IFREG && !file.link.empty())
      archive_entry_set_hardlink(entry, file.link.c_str());
    archive_write_header(a, entry);
    archive_write_data(a, file.content.data(), file.content.size());
    archive_entry_free(entry);
  }
  archive_write_close(a);
  archive_write_free(a);
  bytes.resize(used);
  return bytes;
}

class Unpack : public testing::Test {
 protected:
  // A layer of the artifact; `path` goes into `key` unless empty.
  void add(const std::string& content, const std::string& path, const std::string& type = kRaw,
           std::string_view key = annotation::kFilepath) {
    auto blob = memory_blob(content, type);
    layout_->push(blob, {});
    if (!path.empty()) blob.descriptor.annotations.emplace(key, path);
    layers_.push_back(blob.descriptor);
  }

  UnpackResult run(const UnpackOptions& options = {}) {
    const auto config = memory_blob("{}", media_type::kModelConfig);
    layout_->push(config, {});
    const Manifest manifest{std::string(media_type::kManifest),
                            std::string(media_type::kModelManifest),
                            config.descriptor,
                            layers_,
                            std::nullopt,
                            {}};
    SilentStatus status;
    return unpack(*layout_, make_document(manifest.to_bytes(), media_type::kManifest), out(),
                  options, status, StopFlag());
  }

  // The Error's message; afterwards the place must look as before.
  std::string complaint(const UnpackOptions& options = {}) {
    const auto before = listing();
    try {
      run(options);
    } catch (const Error& error) {
      EXPECT_EQ(listing(), before) << "a failed unpack left something";
      return error.message;
    }
    return "accepted";
  }

  std::vector<std::string> listing() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(scratch_ / "place"))
      names.push_back(entry.path().string());
    std::sort(names.begin(), names.end());
    return names;
  }

  std::filesystem::path out() const { return scratch_ / "place/out"; }

  Scratch scratch_;
  std::unique_ptr<Repository> layout_ = open_layout(scratch_ / "l", Create::yes);
  std::vector<Descriptor> layers_;
  bool made_ = std::filesystem::create_directories(scratch_ / "place");
};

TEST_F(Unpack, FilesAppearWithTheirBytes) {
  add("weights", "model.safetensors");
  add("{}", "sub/dir/config.json", "application/vnd.cncf.model.weight.config.v1.raw");
  add("titled", "title.txt", "application/octet-stream", annotation::kTitle);
  const auto result = run();
  EXPECT_THAT(result.files,
              testing::ElementsAre("model.safetensors", "sub/dir/config.json", "title.txt"));
  EXPECT_EQ(read_file(out() / "model.safetensors"), "weights");
  EXPECT_EQ(read_file(out() / "sub/dir/config.json"), "{}");
  EXPECT_EQ(listing().size(), 6u);  // out, sub, dir and three files: no staging is left
}

TEST_F(Unpack, HostilePathsAreRefused) {
  for (const std::string path :
       {"../x", "/etc/x", "a/../../x", "a//b", "./x", "a/.", "..", "x\ny", "a/"}) {
    layers_.clear();
    add("good", "good");
    add("evil", path);
    EXPECT_THAT(complaint(), testing::HasSubstr("the path")) << path;
  }
  layers_.clear();
  add("evil", std::string("x\0y", 3));
  EXPECT_THAT(complaint(), testing::HasSubstr("control character"));
}

TEST_F(Unpack, PathsThatAreOneFileSomewhereAreRefused) {
  const std::vector<std::pair<std::string, std::string>> pairs = {{"a.txt", "a.txt"},
                                                                  {"README.md", "readme.MD"},
                                                                  {"caf\u00e9", "cafe\u0301"},
                                                                  {"stra\u00dfe", "STRASSE"},
                                                                  {"a", "a/b"},
                                                                  {"a/b", "A"}};
  for (const auto& [one, other] : pairs) {
    layers_.clear();
    add("1", one);
    add("2", other);
    EXPECT_THAT(complaint(), testing::HasSubstr("the path")) << one << " " << other;
  }
}

TEST_F(Unpack, ChangedBytesAreNoticedAndNothingAppears) {
  add("weights", "a");
  add("other", "b");
  write_file_atomically(blob_path(scratch_ / "l", layers_[0].digest), "weightS");
  EXPECT_THAT(complaint(), testing::HasSubstr("does not match its digest"));
  write_file_atomically(blob_path(scratch_ / "l", layers_[0].digest), "weight");
  EXPECT_THAT(complaint(), testing::HasSubstr("shorter"));
  write_file_atomically(blob_path(scratch_ / "l", layers_[0].digest), "weights!");
  EXPECT_THAT(complaint(), testing::HasSubstr("longer"));
}

TEST_F(Unpack, ExistingFilesStayUnlessAskedOtherwise) {
  add("new", "sub/a");
  std::filesystem::create_directories(out() / "sub");
  write_file_atomically(out() / "sub/a", "old");
  write_file_atomically(out() / "mine", "mine");
  EXPECT_THAT(complaint(), testing::HasSubstr("exists already"));
  EXPECT_EQ(read_file(out() / "sub/a"), "old");
  UnpackOptions options;
  options.overwrite = Overwrite::yes;
  run(options);
  EXPECT_EQ(read_file(out() / "sub/a"), "new");
  EXPECT_EQ(read_file(out() / "mine"), "mine");
}

TEST_F(Unpack, ASymbolicLinkInTheTargetIsNotFollowed) {
  add("evil", "sub/a");
  std::filesystem::create_directories(out());
  std::filesystem::create_directories(scratch_ / "elsewhere");
  std::filesystem::create_directory_symlink(scratch_ / "elsewhere", out() / "sub");
  UnpackOptions options;
  options.overwrite = Overwrite::yes;
  EXPECT_THAT(complaint(options), testing::HasSubstr("symbolic link"));
  EXPECT_TRUE(std::filesystem::is_empty(scratch_ / "elsewhere"));
}

TEST_F(Unpack, FiltersChooseByKindAndByGlob) {
  add("w", "model.safetensors");
  add("w2", "model-2.safetensors", "application/vnd.cncf.model.weight.config.v1.raw");  // KitOps
  add("c", "config.json", "application/vnd.cncf.model.weight.config.v1.raw");
  add("d", "docs/README.md", "application/vnd.cncf.model.doc.v1.raw");
  UnpackOptions options;
  options.only = {FileKind::weight};
  EXPECT_THAT(run(options).files, testing::ElementsAre("model-2.safetensors", "model.safetensors"));
  std::filesystem::remove_all(out());
  options = {};
  options.include = {"*.json", "docs/**"};
  options.exclude = {"docs/README.*"};
  EXPECT_THAT(run(options).files, testing::ElementsAre("config.json"));
  options.include = {"nothing"};
  EXPECT_THAT(complaint(options),
              testing::HasSubstr("no file that matches --only, --include and --exclude"));
}

TEST_F(Unpack, TarsOfOtherToolsAreTakenApart) {
  add(tar_of({{"dir", "", AE_IFDIR}, {"dir/a", "one"}, {"./b", "two"}}), "dir", kTar);
  add(tar_of({{"c", "three"}}, true), "", "application/vnd.kitops.modelkit.code.v1.tar+zstd");
  EXPECT_THAT(run().files, testing::ElementsAre("b", "c", "dir/a"));
  EXPECT_EQ(read_file(out() / "dir/a"), "one");
  EXPECT_EQ(read_file(out() / "c"), "three");
}

TEST_F(Unpack, HostileTarsAreRefused) {
  const std::vector<std::vector<TarFile>> tars = {
      {{"../x", "evil"}},
      {{"/etc/x", "evil"}},
      {{"link", "", AE_IFLNK, "/etc"}, {"link/x", "evil"}},
      {{"a", "one"}, {"b", "", AE_IFREG, "a"}},
      {{"a", "one"}, {"A", "two"}},
      {{"pipe", "", AE_IFIFO}}};
  for (std::size_t i = 0; i < tars.size(); ++i) {
    layers_.clear();
    add(tar_of(tars[i]), "", kTar);
    EXPECT_NE(complaint(), "accepted") << i;
  }
  layers_.clear();
  add("this is no tar, whatever its media type says", "", kTar);
  EXPECT_NE(complaint(), "accepted");
}

TEST_F(Unpack, ATarIsVerifiedToItsLastByte) {
  auto tar = tar_of({{"a", "one"}});
  add(tar, "", kTar);
  tar.back() ^= 1;  // after the end that tar sees
  write_file_atomically(blob_path(scratch_ / "l", layers_[0].digest), tar);
  EXPECT_THAT(complaint(), testing::HasSubstr("does not match its digest"));
}

TEST_F(Unpack, DockerAndOllamaLayersGetNames) {
  add("g", "", "application/vnd.docker.ai.gguf.v3");
  add("l", "", "application/vnd.docker.ai.license");
  add("m", "", "application/vnd.docker.ai.license");
  add("p", "", "application/vnd.ollama.image.params");
  EXPECT_THAT(run().files,
              testing::ElementsAre("LICENSE", "LICENSE-2", "model.gguf", "params.json"));
}

TEST_F(Unpack, RamaLamaAndModctlMetadataGiveTheMode) {
  add("#!/bin/sh", "run.sh", "application/vnd.cncf.model.code.v1.raw");
  layers_[0].annotations.emplace(annotation::kFileMetadata, R"({"mode":493,"typeflag":48})");
  run();
  struct stat status {};
  ASSERT_EQ(::stat((out() / "run.sh").c_str(), &status), 0);
  EXPECT_NE(status.st_mode & S_IXUSR, 0u);
}

TEST_F(Unpack, ALayerThatNamesNothingIsRefused) {
  add("x", "", "application/octet-stream");
  EXPECT_THAT(complaint(), testing::HasSubstr("names no file"));
}

TEST(Glob, PartsAndDepths) {
  EXPECT_TRUE(matches_glob("*.json", "a/b/c.json"));
  EXPECT_FALSE(matches_glob("a/*.json", "a/b/c.json"));
  EXPECT_TRUE(matches_glob("a/**/*.json", "a/b/c.json"));
  EXPECT_TRUE(matches_glob("a/**/*.json", "a/c.json"));
  EXPECT_TRUE(matches_glob("**", "a/b"));
  EXPECT_TRUE(matches_glob("model-0000[1-3].bin", "model-00002.bin"));
  EXPECT_FALSE(matches_glob("model-0000[!1-3].bin", "model-00002.bin"));
  EXPECT_TRUE(matches_glob("/a?c", "abc"));
  EXPECT_FALSE(matches_glob("/abc", "x/abc"));
  EXPECT_FALSE(matches_glob(std::string(2000, '*') + "b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace aiops::pack
