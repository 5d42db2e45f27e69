// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/repository.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace aiops::pack {

// Bytes that can be read anywhere: a local file, or a blob wherever it is. File headers are parsed
// from this, so that looking at the tensors of a model in a registry costs its header alone.
struct ByteSource {
  std::string what;  // for messages
  std::uint64_t size = 0;
  // Fills the span completely or throws.
  std::function<void(std::uint64_t offset, std::span<std::byte>)> read_at;
};

ByteSource file_source(const std::filesystem::path& path);
// Where the blob's place can only stream, each read begins a stream and breaks it off.
ByteSource blob_source(const Blob& blob, std::string what);

}  // namespace aiops::pack
