// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/delta/rebuilt.hpp"
#include "pack/digest_memory.hpp"

#include <filesystem>
#include <memory>

namespace aiops::commands {

// The files of the checkpoints below OUT, to be found by their digests. A checkpoint's manifest is
// a claim: a file is given away only when its bytes have been hashed, now or, as `digests`
// remembers, before. Keeps `digests`.
pack::LocalFiles local_checkpoints(const std::filesystem::path& out, pack::DigestMemory& digests);

}  // namespace aiops::commands
