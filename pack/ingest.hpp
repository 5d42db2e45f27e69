// SPDX-License-Identifier: Apache-2.0
// How a blob gets into a layout. Bytes go to `ingest/<algorithm>-<hex>.partial`, with a journal
// beside it; only after size and digest agree is the file synced and renamed to `blobs/`. A partial
// left by a killed process is continued by whoever next stores the same digest (pack/partial.hpp).
#pragma once

#include "base/digest.hpp"
#include "pack/repository.hpp"

#include <filesystem>

namespace aiops::pack {

std::filesystem::path blob_path(const std::filesystem::path& layout, const Digest& digest);
std::filesystem::path partial_path(const std::filesystem::path& layout, const Digest& digest);

// True when the layout has the blob with the size that its descriptor says.
bool has_blob(const std::filesystem::path& layout, const Descriptor& descriptor);

// Throws as complete() of pack/fetch.hpp.
BlobFate ingest(const std::filesystem::path& layout, const Blob& blob,
                const std::function<void(std::uint64_t)>& moved);

// Stores bytes whose digest is known only when they have all passed.
Descriptor ingest_new(const std::filesystem::path& layout, std::string_view media_type,
                      const std::function<void(const Sink&)>& produce);

// Reads a file as a Blob; the file is opened on first use. Throws not_found when it is missing.
Blob file_blob(const std::filesystem::path& path, const Descriptor& descriptor);

}  // namespace aiops::pack
