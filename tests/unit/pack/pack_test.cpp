// SPDX-License-Identifier: Apache-2.0
#include "pack/pack.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "pack/safetensors.hpp"
#include "pack/store.hpp"
#include "pack/unpack.hpp"
#include "tests/unit/pack/scratch.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <map>

namespace aiops::pack {
namespace {

namespace fs = std::filesystem;

void write_model(const fs::path& directory) {
  fs::create_directories(directory / "code");
  fs::create_directories(directory / ".git");
  const std::string data(64, 'w');
  const auto bytes = std::as_bytes(std::span(data));
  write_safetensors(directory / "model.safetensors",
                    {{"a", "BF16", {4, 4}, bytes.first(32)}, {"b", "F32", {2}, bytes.first(8)}});
  write_file_atomically(directory / "config.json",
                        R"({"model_type":"llama","max_position_embeddings":128})");
  write_file_atomically(directory / "README.md", "---\nlicense: apache-2.0\n---\n# x\n");
  write_file_atomically(directory / "code/run.py", "print()\n");
  write_file_atomically(directory / ".git/HEAD", "x");
  write_file_atomically(directory / ".gitattributes", "x");
}

class Warnings final : public Status {
 public:
  void step(std::string_view) override {}
  void detail(std::string_view) override {}
  void debug(std::string_view) override {}
  void warn(std::string_view what) override { all += std::string(what) + "\n"; }
  void begin(std::string_view, std::uint64_t, Unit) override {}
  void advance(std::uint64_t) override {}
  void note(std::string_view) override {}
  void end() override {}
  std::string all;
};

class Pack : public testing::Test {
 protected:
  std::vector<SourceFile> scan(const fs::path& directory, const ModelFile& model = {}) {
    return scan_directory(directory, model, status_);
  }

  PackResult pack(const fs::path& directory, LayerEncoding encoding = LayerEncoding::raw,
                  const ModelFile& model = {}) {
    const auto files = scan(directory, model);
    const auto facts = gather_facts(files, status_);
    PackOptions options;
    options.layers = encoding;
    return pack_model(files, model, facts, *layout_, "v1", options, status_, StopFlag());
  }

  std::string complaint(const fs::path& directory, const ModelFile& model = {}) {
    try {
      gather_facts(scan(directory, model), status_);
    } catch (const Error& error) {
      return error.message;
    }
    return "accepted";
  }

  Scratch scratch_;
  Warnings status_;
  std::unique_ptr<Repository> layout_ = open_layout(scratch_ / "l", Create::yes);
};

TEST_F(Pack, LayersComeInAFixedOrderWithKindsAndNames) {
  write_model(scratch_ / "m");
  const auto result = pack(scratch_ / "m");
  const auto manifest = Manifest::parse(result.manifest.bytes, "m");
  std::vector<std::string> layers;
  for (const auto& layer : manifest.layers)
    layers.push_back(layer.media_type.substr(27) + " " + file_path_of(layer));
  EXPECT_THAT(layers, testing::ElementsAre("weight.config.v1.raw config.json",
                                           "weight.v1.raw model.safetensors",
                                           "code.v1.raw code/run.py", "doc.v1.raw README.md"));
  EXPECT_EQ(manifest.artifact_type, "application/vnd.cncf.model.manifest.v1+json");
  EXPECT_EQ(manifest.layers[1].annotations.at("org.opencontainers.image.title"),
            "model.safetensors");
}

TEST_F(Pack, TheConfigComesFromTheHeaders) {
  write_model(scratch_ / "m");
  const auto manifest = Manifest::parse(pack(scratch_ / "m").manifest.bytes, "m");
  EXPECT_EQ(
      read_blob(*layout_, manifest.config),
      R"({"descriptor":{"family":"llama","licenses":["Apache-2.0"]},"modelfs":{"type":"layers",)"
      R"("diffIds":[")" +
          manifest.layers[0].digest.str() + R"(",")" + manifest.layers[1].digest.str() + R"(",")" +
          manifest.layers[2].digest.str() + R"(",")" + manifest.layers[3].digest.str() +
          R"("]},"config":{"architecture":"transformer","format":"safetensors",)"
          R"("paramSize":"0.1K","precision":"bfloat16,float32"}})");
}

TEST_F(Pack, TheDigestDependsOnNothingButNamesAndBytes) {
  write_model(scratch_ / "m");
  const auto first = pack(scratch_ / "m").manifest.descriptor.digest;
  const mode_t mask = ::umask(077);
  write_model(scratch_ / "elsewhere/deeper");
  ::umask(mask);
  for (const auto& entry : fs::recursive_directory_iterator(scratch_ / "elsewhere")) {
    const struct timespec times[2] = {{1000, 0}, {2000, 0}};
    ::utimensat(AT_FDCWD, entry.path().c_str(), times, 0);
    if (::geteuid() == 0) {
      ASSERT_EQ(::chown(entry.path().c_str(), 1234, 4321), 0);
    }
  }
  EXPECT_EQ(pack(scratch_ / "elsewhere/deeper").manifest.descriptor.digest, first);
  write_file_atomically(scratch_ / "m/config.json", "{}");
  EXPECT_NE(pack(scratch_ / "m").manifest.descriptor.digest, first);
}

TEST_F(Pack, EveryEncodingComesBackAndIsReproducible) {
  write_model(scratch_ / "m");
  for (const auto encoding : {LayerEncoding::raw, LayerEncoding::tar, LayerEncoding::tar_zstd}) {
    const auto result = pack(scratch_ / "m", encoding);
    EXPECT_EQ(pack(scratch_ / "m", encoding).manifest.bytes, result.manifest.bytes);
    fs::remove_all(scratch_ / "out");
    unpack(*layout_, result.manifest, scratch_ / "out", {}, status_, StopFlag());
    for (const char* file : {"model.safetensors", "config.json", "README.md", "code/run.py"})
      EXPECT_EQ(read_file(scratch_ / "out" / file), read_file(scratch_ / "m" / file)) << file;
    EXPECT_FALSE(fs::exists(scratch_ / "out/.gitattributes"));
  }
}

TEST_F(Pack, AFileThatChangesMeanwhileIsNoticed) {
  write_model(scratch_ / "m");
  const auto files = scan(scratch_ / "m");
  std::ofstream(scratch_ / "m/config.json", std::ios::app) << "more";
  EXPECT_THROW(pack_model(files, {}, {}, *layout_, "v1", {}, status_, StopFlag()), Error);
  EXPECT_TRUE(layout_->tags().empty());
  for (const auto& entry : fs::directory_iterator(scratch_ / "l/ingest")) FAIL() << entry.path();
}

TEST_F(Pack, AStopIsHeard) {
  write_model(scratch_ / "m");
  StopFlag stop;
  stop.request(2);
  try {
    pack_model(scan(scratch_ / "m"), {}, {}, *layout_, "v1", {}, status_, stop);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::interrupted);
  }
}

TEST_F(Pack, LinksInsideAreFollowedAndOthersRefused) {
  write_model(scratch_ / "m");
  fs::create_symlink("config.json", scratch_ / "m/copy.json");
  EXPECT_EQ(complaint(scratch_ / "m"), "accepted");
  EXPECT_EQ(scan(scratch_ / "m").size(), 5u);
  fs::create_symlink("/etc/hostname", scratch_ / "m/escape.json");
  EXPECT_THAT(complaint(scratch_ / "m"),
              testing::HasSubstr("escape.json: a symbolic link that leaves"));
  ModelFile model;
  model.exclude = {"escape.json"};
  EXPECT_EQ(complaint(scratch_ / "m", model), "accepted");
}

TEST_F(Pack, LoopsDanglingLinksAndSocketsAreNamed) {
  write_model(scratch_ / "m");
  fs::create_symlink("loop2", scratch_ / "m/loop1");
  fs::create_symlink("loop1", scratch_ / "m/loop2");
  EXPECT_THAT(complaint(scratch_ / "m"), testing::HasSubstr("a loop of symbolic links"));
  fs::remove(scratch_ / "m/loop1");
  EXPECT_THAT(complaint(scratch_ / "m"), testing::HasSubstr("loop2: a symbolic link to a file"));
  fs::remove(scratch_ / "m/loop2");
  fs::create_directory_symlink("..", scratch_ / "m/code/up");
  EXPECT_THAT(complaint(scratch_ / "m"), testing::HasSubstr("code/up"));
  fs::remove(scratch_ / "m/code/up");
  ASSERT_EQ(::mkfifo((scratch_ / "m/pipe").c_str(), 0600), 0);
  EXPECT_THAT(complaint(scratch_ / "m"),
              testing::HasSubstr("pipe: neither a file nor a directory"));
}

TEST_F(Pack, AHuggingFaceCacheIsPackedThroughItsLinks) {
  const auto cache = scratch_ / "models--a--b";
  write_model(cache / "blobs");
  fs::create_directories(cache / "snapshots/rev");
  fs::create_symlink("../../blobs/model.safetensors", cache / "snapshots/rev/model.safetensors");
  const auto files = scan(cache / "snapshots/rev");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].path, "model.safetensors");
  EXPECT_GT(files[0].size, 64u);
}

TEST_F(Pack, NamesThatCollideElsewhereAreRefused) {
  write_model(scratch_ / "m");
  write_file_atomically(scratch_ / "m/Config.json", "{}");
  EXPECT_THAT(complaint(scratch_ / "m"), testing::HasSubstr("only in case"));
}

TEST_F(Pack, BrokenWeightsAndNothingAtAllAreRefused) {
  fs::create_directories(scratch_ / "empty");
  EXPECT_THAT(complaint(scratch_ / "empty"), testing::HasSubstr("holds no file"));
  write_model(scratch_ / "m");
  fs::resize_file(scratch_ / "m/model.safetensors",
                  fs::file_size(scratch_ / "m/model.safetensors") - 1);
  EXPECT_THAT(complaint(scratch_ / "m"),
              testing::HasSubstr("model.safetensors: tensor 'a' ends 1 bytes after"));
  write_file_atomically(scratch_ / "m/model.safetensors", "hello, I am text");
  EXPECT_THAT(complaint(scratch_ / "m"), testing::HasSubstr("not a safetensors file"));
}

TEST_F(Pack, WhatIsOddButHarmlessIsAWarning) {
  write_model(scratch_ / "m");
  write_file_atomically(scratch_ / "m/config.json", "{");
  write_file_atomically(scratch_ / "m/README.md", "---\na: [\n---\n");
  EXPECT_EQ(complaint(scratch_ / "m"), "accepted");
  EXPECT_THAT(status_.all, testing::HasSubstr("config.json"));
  EXPECT_THAT(status_.all, testing::HasSubstr("front matter of README.md"));
}

std::string pickle_warning(const std::map<std::string, std::string>& files) {
  const Scratch scratch;
  std::vector<SourceFile> sources;
  for (const auto& [name, bytes] : files) {
    write_file_atomically(scratch / name, bytes);
    SourceFile file;
    file.path = name;
    file.real = scratch / name;
    file.size = bytes.size();
    file.kind = kind_of_file(name, bytes.size());
    sources.push_back(file);
  }
  Warnings status;
  gather_facts(sources, status);
  return status.all;
}

// Names say little: .bin may be anything. torch.save writes a zip, before 1.6 a bare pickle.
TEST(Facts, APickleIsKnownByItsBytes) {
  using namespace std::string_literals;
  const auto legacy = "\x80\x02\x8a\x0al\xfc\x9c"s, zip = "PK\x03\x04rest"s;
  EXPECT_EQ(pickle_warning({{"a.bin", "random bytes"}}), "");
  EXPECT_EQ(pickle_warning({{"a.bin", ""}, {"b.pt", "\x80"}, {"c.npz", zip}}), "");
  EXPECT_THAT(pickle_warning({{"a.bin", legacy}}), testing::StartsWith("a.bin is a pickle:"));
  EXPECT_THAT(pickle_warning({{"a.ckpt", zip}}), testing::StartsWith("a.ckpt is a pickle:"));
  EXPECT_THAT(pickle_warning({{"a.bin", zip}, {"b.bin", legacy}, {"c.pkl", "(lp0\n."}}),
              testing::StartsWith("a.bin and 2 more are pickles:"));
}

TEST(Licence, HuggingFaceWordsBecomeSpdx) {
  EXPECT_EQ(spdx_licence("apache-2.0"), "Apache-2.0");
  EXPECT_EQ(spdx_licence("MIT"), "MIT");
  EXPECT_EQ(spdx_licence("gpl-3.0"), "GPL-3.0-only");
  EXPECT_EQ(spdx_licence("llama3.1"), "LicenseRef-llama3.1");
  EXPECT_EQ(spdx_licence("my own_one"), "LicenseRef-my-own-one");
}

TEST(ParameterSize, OneDecimalAndAUnit) {
  EXPECT_EQ(parameter_size(1), "0.1K");
  EXPECT_EQ(parameter_size(512), "0.5K");
  EXPECT_EQ(parameter_size(960), "1K");
  EXPECT_EQ(parameter_size(134'515'008), "134.5M");
}

TEST(FrontMatter, IsWhatLiesBetweenTheLines) {
  EXPECT_EQ(front_matter("---\na: 1\n---\nx"), "a: 1\n");
  EXPECT_EQ(front_matter("---\r\na: 1\r\n---\r\nx"), "a: 1\r\n");
  EXPECT_EQ(front_matter("---\na: 1\n"), "");
  EXPECT_EQ(front_matter("# x\n---\na: 1\n---\n"), "");
}

TEST(ModelFile, ReadsItsKeysAndToleratesTheSettings) {
  const auto model = parse_model_file(
      "f",
      "name: n\nlicenses: [MIT]\nauthors: [a, b]\nexclude: '*.bin'\nkinds:\n  'x/**': datasets\n"
      "config:\n  registry:\n    jobs: 4\n");
  EXPECT_EQ(model.name, "n");
  EXPECT_THAT(model.licences, testing::ElementsAre("MIT"));
  EXPECT_THAT(model.exclude, testing::ElementsAre("*.bin"));
  EXPECT_EQ(model.kinds.at(0).second, FileKind::dataset);
}

TEST(ModelFile, ComplaintsSayWhere) {
  const auto complaint = [](const char* text) {
    try {
      parse_model_file("aiops.yaml", text);
    } catch (const Error& error) {
      EXPECT_EQ(error.code, ExitCode::usage);
      return error.message;
    }
    return std::string("accepted");
  };
  EXPECT_THAT(complaint("name: n\nnmae: x\n"), testing::StartsWith("aiops.yaml:2:1: unknown key"));
  EXPECT_THAT(complaint("name: [\n"), testing::StartsWith("aiops.yaml:"));
  EXPECT_THAT(complaint("kinds:\n  x: wieghts\n"),
              testing::StartsWith("aiops.yaml:2:6: unknown kind"));
  EXPECT_THAT(complaint("license: MIT\nlicence: MIT\n"), testing::HasSubstr("say the same thing"));
}

}  // namespace
}  // namespace aiops::pack
