// SPDX-License-Identifier: Apache-2.0
// A checkpoint while it is made: under NAME.tmp, every file hashed as it is written, flushed,
// sealed by the manifest and renamed. At every instant, what is called NAME is whole.
#pragma once

#include "pack/digest_memory.hpp"
#include "train/checkpoint/manifest.hpp"
#include "train/model/weights.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::train {

class CheckpointBuilder {
 public:
  // Makes OUT/NAME.tmp, empty. `digests`, if any, is told of every file that was published.
  CheckpointBuilder(const std::filesystem::path& out, const std::string& name,
                    pack::DigestMemory* digests = nullptr);
  // Removes it unless it was published.
  ~CheckpointBuilder();
  CheckpointBuilder(const CheckpointBuilder&) = delete;
  CheckpointBuilder& operator=(const CheckpointBuilder&) = delete;

  void write(const std::string& path, std::string_view bytes);
  // FOLDER/STEM.safetensors, or shards of at most `limit` bytes and their index; `folder` is empty
  // or ends with '/'.
  void write_tensors(const std::string& folder, std::string_view stem,
                     std::span<const NamedTensor> tensors, std::uint64_t limit);

  // What was written so far.
  const CheckpointManifest& manifest() const { return manifest_; }

  // Writes the manifest, puts everything under OUT/NAME (in place of an older one) and returns that
  // path. Nothing may be written afterwards.
  std::filesystem::path publish();

 private:
  using Sink = std::function<void(std::span<const std::byte>)>;
  struct Written {
    std::string path;
    pack::FileState state;
    Digest digest;
  };
  void write_file(const std::string& path, const std::function<void(const Sink&)>& produce);

  std::filesystem::path out_, temporary_;
  std::string name_;
  pack::DigestMemory* digests_;
  CheckpointManifest manifest_;
  std::vector<Written> written_;
};

}  // namespace aiops::train
