// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "pack/layout_index.hpp"

#include <functional>
#include <set>
#include <string>

namespace aiops::pack {

// Reads a manifest's bytes; empty when it is not there.
using ReadSmall = std::function<std::string(const Descriptor&)>;

// Every digest that some name of the index leads to: through indexes, manifests, configs, layers,
// and the referrers of whatever was reached. Throws Error naming a manifest that cannot be read,
// because what lies behind it is then unknown.
std::set<Digest> reachable(const LayoutIndex& index, const ReadSmall& read);

}  // namespace aiops::pack
