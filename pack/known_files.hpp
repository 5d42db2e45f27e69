// SPDX-License-Identifier: Apache-2.0
// An artifact over files whose digests somebody noted while writing them. It is copied like any
// other, and a file is read only where the destination lacks it. A noted digest is a claim: whoever
// stores a blob hashes it as it arrives, so a file that has changed since is refused there and
// never gets in under the digest of another.
#pragma once

#include "base/status.hpp"
#include "pack/repository.hpp"
#include "pack/source_tree.hpp"

#include <memory>
#include <string>
#include <vector>

namespace aiops::pack {

struct KnownFile {
  SourceFile file;
  Digest digest;
};

struct KnownArtifact {
  Document manifest;
  std::unique_ptr<Repository> source;  // of the manifest and its blobs; nothing can be pushed to it
};

// A ModelPack artifact of raw layers in the order of `pack`; facts are read from the headers of the
// files outside `left_out` (a folder, "training/"). `name` is for messages.
KnownArtifact describe_known(std::vector<KnownFile> files, const Annotations& annotations,
                             std::string_view left_out, const std::string& name, Status& status);

}  // namespace aiops::pack
