// SPDX-License-Identifier: Apache-2.0
#include "pack/delta/artifact.hpp"

#include "pack/ingest.hpp"
#include "pack/maintenance.hpp"
#include "pack/media_type.hpp"
#include "pack/store.hpp"
#include "pack/transfer.hpp"
#include "pack/unpack.hpp"
#include "tests/unit/pack/delta/samples.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace aiops::pack {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr std::size_t kNumbers = 20'000;

// A layout with checkpoints of two shards, one of which stays frozen, and a configuration.
class DeltaArtifactTest : public testing::Test {
 protected:
  Scratch scratch;
  SilentStatus status;
  StopFlag stop;
  const fs::path layout = scratch / "layout";
  std::unique_ptr<Repository> place = open_layout(layout, Create::yes);
  const std::string frozen = trained(kNumbers / 2, 0);

  KnownArtifact checkpoint(int step) {
    const fs::path directory = scratch / ("step-" + std::to_string(step));
    std::vector<KnownFile> files;
    const auto add = [&](const std::string& path, const std::string& bytes) {
      fs::create_directories((directory / path).parent_path());
      write_file_atomically(directory / path, bytes);
      files.push_back({{path, directory / path, kind_of_file(path, bytes.size()), bytes.size()},
                       sha256_of(bytes)});
    };
    add("config.json", "{\"step\": " + std::to_string(step) + "}");
    add("model-00001-of-00002.safetensors", frozen);
    add("model-00002-of-00002.safetensors", trained(kNumbers, step));
    return describe_known(std::move(files), {{"note", std::to_string(step)}}, {},
                          directory.string(), status);
  }

  Document push_whole(int step) {
    const auto whole = checkpoint(step);
    transfer(*whole.source, *place, whole.manifest, std::to_string(step), {}, status, stop);
    return whole.manifest;
  }

  DeltaArtifact delta_of(int step, const Document& base, LocalFiles local = {}) {
    const DeltaBase to{*place, base, Manifest::parse(base.bytes, "base"), std::move(local)};
    return make_delta(checkpoint(step), to, scratch.path(), status, stop);
  }
  Document push_delta(int step, const Document& base) {
    const auto delta = delta_of(step, base);
    transfer(*delta.source, *place, delta.manifest, std::to_string(step), {}, status, stop);
    return delta.manifest;
  }

  std::string unpacked(const Document& root, const std::string& file, LocalFiles local = {}) {
    const fs::path to = scratch / ("out" + std::to_string(outs_++));
    UnpackOptions options;
    options.local = std::move(local);
    unpack(*place, root, to, options, status, stop);
    EXPECT_EQ(std::distance(fs::directory_iterator(to), {}), 3);
    return read_file(to / file);
  }
  bool is_step(const Document& root, int step) {
    return unpacked(root, "model-00002-of-00002.safetensors") == trained(kNumbers, step);
  }

  // The manifest changed by `act`, unsigned and unasked, in the place.
  template <typename Act>
  Document forged(const Document& root, Act act) {
    Manifest manifest = Manifest::parse(root.bytes, "forged");
    act(manifest);
    const auto document =
        make_document(manifest.to_bytes(), manifest.media_type, manifest.artifact_type);
    place->push_manifest(document, "forged");
    return document;
  }
  Error refusal(const Document& root) {
    try {
      unpack(*place, root, scratch / "refused", {}, status, stop);
    } catch (const Error& error) {
      EXPECT_FALSE(fs::exists(scratch / "refused"));
      return error;
    }
    return Error(ExitCode::ok, "it was accepted");
  }

 private:
  int outs_ = 0;
};

Descriptor& delta_in(Manifest& manifest) {
  for (auto& layer : manifest.layers)
    if (layer.media_type == media_type::kCheckpointDelta) return layer;
  throw Error(ExitCode::failed, "no delta");
}

TEST_F(DeltaArtifactTest, IsRebuiltAndNamesItsWholeManifest) {
  const auto first = push_whole(1);
  const auto delta = delta_of(2, first);
  EXPECT_EQ(delta.counts.deltas, 1u);
  EXPECT_EQ(delta.counts.unchanged, 1u);
  transfer(*delta.source, *place, delta.manifest, "2", {}, status, stop);
  EXPECT_TRUE(is_step(delta.manifest, 2));
  const auto manifest = Manifest::parse(delta.manifest.bytes, "delta");
  EXPECT_EQ(manifest.artifact_type, media_type::kCheckpointDeltaManifest);
  EXPECT_EQ(whole_manifest(manifest, "delta").bytes, checkpoint(2).manifest.bytes);
}

TEST_F(DeltaArtifactTest, NothingIsNamedLikeAModelThatIsNone) {
  const auto manifest = Manifest::parse(push_delta(2, push_whole(1)).bytes, "delta");
  for (const auto& layer : manifest.layers) {
    const bool is_whole = layer.media_type.starts_with(media_type::kModelPrefix);
    EXPECT_EQ(file_path_of(layer).ends_with(".safetensors"),
              is_whole && !file_path_of(layer).ends_with(".json"));
  }
}

TEST_F(DeltaArtifactTest, AChainNeedsNoArtifactBeforeIt) {
  Document last = push_whole(0);
  for (int step = 1; step <= 3; ++step) last = push_delta(step, last);
  EXPECT_EQ(DeltaSteps(Manifest::parse(last.bytes, "last"), "last").depth(), 3u);
  place.reset();
  remove_names(layout, {"0", "1", "2"});
  collect_garbage(layout, Collect::remove);
  place = open_layout(layout, Create::no);
  EXPECT_TRUE(is_step(last, 3));
  EXPECT_TRUE(check_layout(layout, 1, status, stop).damage.empty());
}

TEST_F(DeltaArtifactTest, WhatLiesHereIsNotFetched) {
  const auto first = push_whole(1);
  const auto second = push_delta(2, first);
  const fs::path here = scratch / "step-1/model-00002-of-00002.safetensors";
  const auto base = sha256_of(trained(kNumbers, 1));
  fs::remove(blob_path(layout, base));  // only here now
  EXPECT_EQ(refusal(second).code, ExitCode::not_found);
  const LocalFiles local = [&](const Descriptor& layer) {
    return layer.digest == base ? std::optional(here) : std::nullopt;
  };
  EXPECT_TRUE(unpacked(second, "model-00002-of-00002.safetensors", local) == trained(kNumbers, 2));
}

TEST_F(DeltaArtifactTest, AFileHereThatHasOtherBytesAfterAllIsFetched) {
  const auto first = push_whole(1);
  write_file_atomically(scratch / "wrong", std::string(frozen.size(), 'x'));
  const LocalFiles local = [&](const Descriptor& layer) {
    return layer.digest == sha256_of(frozen) ? std::optional(scratch / "wrong") : std::nullopt;
  };
  EXPECT_TRUE(unpacked(first, "model-00001-of-00002.safetensors", local) == frozen);
}

TEST_F(DeltaArtifactTest, TheBaseIsMadeFromThePlaceWhereItIsNotHere) {
  const auto second = push_delta(2, push_whole(1));
  fs::remove_all(scratch / "step-2");
  EXPECT_TRUE(is_step(push_delta(3, second), 3));
}

TEST_F(DeltaArtifactTest, AFileThatChangedSinceItWasWrittenIsNotSent) {
  const auto first = push_whole(1);
  auto second = checkpoint(2);
  const fs::path file = scratch / "step-2/model-00002-of-00002.safetensors";
  std::string bytes = read_file(file);
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  write_file_atomically(file, bytes);
  const DeltaBase to{*place, first, Manifest::parse(first.bytes, "base"), {}};
  try {
    make_delta(std::move(second), to, scratch.path(), status, stop);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code, ExitCode::unverified);
    EXPECT_EQ(error.message, "model-00002-of-00002.safetensors: its bytes do not match its digest");
  }
}

TEST_F(DeltaArtifactTest, HostileManifestsAreRefused) {
  const auto second = push_delta(2, push_whole(1));
  const auto set = [&](const char* key, const std::string& value) {
    return forged(second, [&](Manifest& manifest) {
      delta_in(manifest).annotations[std::string("vnd.aiops.checkpoint.delta.") + key] = value;
    });
  };
  const std::string elsewhere = sha256_of("elsewhere").str();
  EXPECT_EQ(refusal(set("path", "../escape.safetensors")).code, ExitCode::failed);
  EXPECT_EQ(refusal(set("path", "config.json")).code, ExitCode::failed);  // twice the same path
  EXPECT_EQ(refusal(set("size", "18446744073709551615")).code, ExitCode::failed);
  EXPECT_EQ(refusal(set("size", "1e9")).code, ExitCode::failed);
  EXPECT_EQ(refusal(set("size", "1000000000000")).code, ExitCode::failed);  // not its base's
  EXPECT_EQ(refusal(set("digest", "sha256:abc")).code, ExitCode::failed);
  EXPECT_EQ(refusal(set("digest", elsewhere)).code, ExitCode::unverified);
  EXPECT_EQ(refusal(set("base", elsewhere)).code, ExitCode::not_found);
  // Deltas in a circle.
  const auto circle = forged(second, [&](Manifest& manifest) {
    auto& annotations = delta_in(manifest).annotations;
    annotations["vnd.aiops.checkpoint.delta.base"] =
        annotations["vnd.aiops.checkpoint.delta.digest"];
  });
  EXPECT_EQ(refusal(circle).code, ExitCode::failed);
  EXPECT_THAT(refusal(circle).message, HasSubstr("on top of each other"));
  // A whole manifest that is another one's.
  const auto lies =
      forged(second, [&](Manifest& manifest) { manifest.annotations[kWholeManifest] = elsewhere; });
  EXPECT_THROW(whole_manifest(Manifest::parse(lies.bytes, "lies"), "lies"), Error);
}

TEST_F(DeltaArtifactTest, ADamagedDeltaIsRefused) {
  const auto second = push_delta(2, push_whole(1));
  Manifest manifest = Manifest::parse(second.bytes, "second");
  const auto path = blob_path(layout, delta_in(manifest).digest);
  std::string bytes = read_file(path);
  for (std::size_t at = 0; at < bytes.size(); at += bytes.size() / 12) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x41);
    write_file_atomically(path, damaged);
    const auto code = refusal(second).code;
    EXPECT_TRUE(code == ExitCode::failed || code == ExitCode::unverified) << at;
  }
}

}  // namespace
}  // namespace aiops::pack
