// SPDX-License-Identifier: Apache-2.0
// training/manifest.json: what a checkpoint consists of. The digests are those of the bytes as they
// were written; nobody reads a file again to learn them.
#pragma once

#include "base/digest.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

inline constexpr std::string_view kManifestPath = "training/manifest.json";
inline constexpr std::string_view kStatePath = "training/trainer_state.json";

struct CheckpointManifest {
  struct File {
    std::string path;  // relative, '/'-separated
    std::uint64_t bytes = 0;
    Digest sha256;
  };
  std::vector<File> files;  // by path, each once; not the manifest itself

  std::string to_text() const;
  // Throws Error{failed} naming `what`: not a manifest, a path that leaves the checkpoint or comes
  // twice, more than 100,000 files.
  static CheckpointManifest parse(std::string_view text, std::string_view what);

  const File* find(std::string_view path) const;
  std::uint64_t bytes() const;  // of all files together
};

// Hex: of one model.safetensors its SHA-256; of shards, SHA-256 over their raw digests in order.
std::string weights_sha256(const CheckpointManifest& manifest);

}  // namespace aiops::train
