// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/staging.hpp"
#include "pack/unpack.hpp"

#include <functional>
#include <string>
#include <vector>

namespace aiops::pack {

// What an extraction asks and tells.
struct Extraction {
  // Whether a file of this path and kind is wanted. Throws when it may not be written.
  std::function<bool(const std::string& path, FileKind kind)> accept;
  // Hears the layer's bytes as they pass, and throws to stop.
  std::function<void(std::uint64_t)> moved;
};

// Writes the files of one blob into the staging directory: those of a tar, or one under each of the
// `plans`' paths. When it returns, the blob's bytes matched its digest and the files are synced.
// What an earlier run completed is not fetched again. Throws unverified (digest-mismatch), failed
// for tar entries that are not files or directories, for sizes over the free space, and what the
// blob throws.
void extract_layer(const Blob& blob, const std::vector<LayerPlan>& plans, Staging& staging,
                   const Extraction& extraction);

}  // namespace aiops::pack
