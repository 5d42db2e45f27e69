// SPDX-License-Identifier: Apache-2.0
// How push, pull and copy tell what they moved.
#pragma once

#include "cli/context.hpp"
#include "pack/transfer.hpp"
#include "registry/traffic.hpp"

#include <string>

namespace aiops::commands {

// "pushed", "demo:1", " to ", "HOST/demo:1": what is read as one sentence.
struct Moved {
  std::string done;
  std::string source;
  std::string preposition;
  std::string destination;
};

// The answer `DIGEST DESTINATION` (-q: the digest) and one line of talk: "pushed demo:1 to
// HOST/demo:1: 3 of 5 blobs, …", or "HOST/demo:1 is already there" when nothing had to move. `more`
// joins the members of the JSON answer.
void report_transfer(Context& context, const Moved& moved, const Digest& digest,
                     const pack::TransferResult& result, const registry::Traffic& traffic,
                     double seconds, const OrderedJson* more = nullptr);

}  // namespace aiops::commands
