// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/staging.hpp"
#include "pack/unpack.hpp"

#include <functional>
#include <string>

namespace aiops::pack {

// What an extraction asks and tells.
struct Extraction {
  // Whether a file of this path and kind is wanted. Throws when it may not be written.
  std::function<bool(const std::string& path, FileKind kind)> accept;
  // Hears the layer's bytes as they pass, and throws to stop.
  std::function<void(std::uint64_t)> moved;
};

// Writes one layer's files into the staging directory. When it returns, the layer's bytes matched
// its digest and the files are synced. Throws unverified (digest-mismatch), failed for tar entries
// that are not files or directories, for sizes over the free space, and what the blob throws.
void extract_layer(const Blob& blob, const LayerPlan& plan, Staging& staging,
                   const Extraction& extraction);

}  // namespace aiops::pack
