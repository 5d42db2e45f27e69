// SPDX-License-Identifier: Apache-2.0
// From an artifact to files. Whatever wrote the artifact, whatever kind of place it is in, the same
// discipline holds: paths are checked before a byte is asked for, every layer is hashed while it is
// written into a staging directory beside the target, and files appear in the target by rename only
// after all layers agreed with their digests. A run that fails leaves nothing; one that is stopped,
// or loses its source, leaves the staging directory, where the next one for the same artifact goes
// on.
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/delta/rebuilt.hpp"
#include "pack/file_kind.hpp"
#include "pack/repository.hpp"

#include <cstdint>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace aiops::pack {

enum class Overwrite { no, yes };

struct UnpackOptions {
  std::set<FileKind> only;           // empty: all
  std::vector<std::string> include;  // globs; empty: all
  std::vector<std::string> exclude;
  Overwrite overwrite = Overwrite::no;
  std::size_t jobs = 4;   // layers in flight
  LocalFiles local = {};  // where layers may be on this machine already; empty: nowhere
};

struct UnpackResult {
  std::vector<std::string> files;  // sorted
  std::uint64_t bytes = 0;
};

// Unpacks the model that `root` is (of an index: the one manifest that is a model) into
// `directory`, which is made when it does not exist. Files that are stored as differences are
// rebuilt and compared with the digest of the whole. Throws failed for paths that are refused or
// files that exist, unverified (digest-mismatch), not_found when the filters leave nothing, and
// what the repository throws.
UnpackResult unpack(Repository& from, const Document& root, const std::filesystem::path& directory,
                    const UnpackOptions& options, Status& status, const StopFlag& stop);

// One layer as unpack() sees it; `ls`-like views share it.
struct LayerPlan {
  enum class Content {
    file,             // the blob is the file
    compressed_file,  // gzip or zstd of the file
    tar,              // files of a tar, compressed or not
  };
  Descriptor layer;
  Content content = Content::file;
  FileKind kind = FileKind::code;
  std::string path;  // of a file; of a tar what its producer says, for messages
  bool executable = false;
  bool kind_by_entry = false;  // a tar whose media type does not say what its files are for
};

// The layers of a manifest of any producer: ModelPack, KitOps, Docker Model Runner, Ollama, OCI
// artifacts with titles, images. Paths are checked here. Throws Error{failed}.
std::vector<LayerPlan> plan_layers(const Manifest& manifest, std::string_view what);

// The manifest to unpack or look at: `root` itself, or of an index its model, or else its only
// manifest that is about no other. Throws Error{usage} that lists the candidates when there are
// more.
Document model_manifest(Repository& from, const Document& root);

}  // namespace aiops::pack
