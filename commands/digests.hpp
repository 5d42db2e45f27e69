// SPDX-License-Identifier: Apache-2.0
// Where the digests of files are remembered, and the flag that distrusts them.
#pragma once

#include "cli/arguments.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/digest_memory.hpp"

#include <filesystem>

namespace aiops::commands {

// In the user's own state: what a directory or a store brings along makes no claims.
std::filesystem::path digest_memory_file(const Context& context);

// --rehash
Flag rehash_flag();
pack::DigestMemory::Trust digest_trust(const Arguments& arguments);

}  // namespace aiops::commands
