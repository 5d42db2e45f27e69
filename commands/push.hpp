// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"
#include "pack/transfer.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

struct PushOptions {
  pack::Reference source;       // the store, or an oci: or archive: layout
  pack::Reference destination;  // a registry
  pack::Referrers referrers = pack::Referrers::copy;
  std::vector<std::string> further_tags;  // that it gets there, too
  RegistryAccess registry;
};

Verb push_verb();

// Sends an artifact to a registry; what the registry has is not sent again. Reports its digest.
void push(const PushOptions& options, Context& context);

}  // namespace aiops::commands
