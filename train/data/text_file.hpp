// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"

#include <filesystem>
#include <string>

namespace aiops::train {

// The bytes of a file, decompressed when it is gzip, xz, zstd or bzip2 (told by its content).
// Throws Error{failed} when it is damaged or larger than `limit`.
std::string read_text_file(const std::filesystem::path& path, std::uint64_t limit,
                           const StopFlag& stop);

}  // namespace aiops::train
