// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "pack/digest_memory.hpp"
#include "pack/formats/modelpack.hpp"
#include "pack/repository.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::pack {

struct PackOptions {
  LayerEncoding layers = LayerEncoding::raw;
  std::size_t jobs = 2;  // files read at once
  std::string created;   // RFC 3339, for the config's createdAt; empty: none, the default
  DigestMemory* digests = nullptr;  // of files that need not be read; gets to know the others
};

struct PackResult {
  Document manifest;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

// Packs the files as a ModelPack artifact under `tag` in a layout, an archive or the store. Every
// file is read once, hashed as it is stored, or not at all: a raw layer whose digest is known and
// whose blob is there. Throws failed when a file changes meanwhile, usage when `into` is not a
// local place, and what reading and writing throw.
PackResult pack_model(const std::vector<SourceFile>& files, const ModelFile& model,
                      const ModelFacts& facts, Repository& into, std::string_view tag,
                      const PackOptions& options, Status& status, const StopFlag& stop);

}  // namespace aiops::pack
