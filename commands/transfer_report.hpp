// SPDX-License-Identifier: Apache-2.0
// How push, pull and copy tell what they moved.
#pragma once

#include "cli/context.hpp"
#include "pack/transfer.hpp"

#include <string>

namespace aiops::commands {

// The answer `DIGEST REFERENCE` (-q: the digest) and one line of talk: "pushed 3 of 5 blobs, …", or
// "already there" when nothing had to move.
void report_transfer(Context& context, const std::string& verb_done, const std::string& reference,
                     const Digest& digest, const pack::TransferResult& result, double seconds);

}  // namespace aiops::commands
