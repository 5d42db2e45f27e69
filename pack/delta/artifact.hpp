// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/delta/rebuilt.hpp"
#include "pack/known_files.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace aiops::pack {

// What a difference is taken to: an artifact that lies in `place`, where the result will go.
struct DeltaBase {
  Repository& place;
  Document document;
  Manifest manifest;
  LocalFiles local;  // whole files of it, or of others, on this machine
};

struct DeltaCounts {
  std::size_t deltas = 0;          // files that became differences
  std::size_t unchanged = 0;       // files stored as in the base
  std::uint64_t whole_bytes = 0;   // of the differences' files
  std::uint64_t stored_bytes = 0;  // of the differences
};

struct DeltaArtifact {
  Document manifest;
  std::unique_ptr<Repository> source;  // of the manifest and all its blobs
  DeltaCounts counts;
};

// The artifact `whole` with those of its safetensors files as differences that have a counterpart
// of the same path and size in the base, and where that saves a tenth at least. A file that is the
// same as in the base is stored as there. Differences are kept in `workplace` until the end of the
// result, which keeps `base.place`. Throws Error{unverified} when a file is not what its digest
// says, not_found when a file of the base is gone.
DeltaArtifact make_delta(KnownArtifact whole, const DeltaBase& base,
                         const std::filesystem::path& workplace, Status& status,
                         const StopFlag& stop);

}  // namespace aiops::pack
