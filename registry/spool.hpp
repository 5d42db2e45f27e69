// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/repository.hpp"

#include <filesystem>

namespace aiops::registry {

// A blob that can be read at any offset, as often as an upload needs: the blob itself where it can,
// else a copy in a file without a name, which vanishes with the last reader. Throws digest-mismatch
// when the copied bytes are not what the descriptor says.
pack::Blob seekable(const pack::Blob& blob, const std::filesystem::path& directory);

}  // namespace aiops::registry
