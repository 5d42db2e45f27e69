// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"
#include "pack/transfer.hpp"

namespace aiops::commands {

struct CopyOptions {
  pack::Reference source;
  pack::Reference destination;
  pack::Referrers referrers = pack::Referrers::leave;
  RegistryAccess registry;
};

Verb copy_verb();

// Copies an artifact between any two places, bytes unchanged. Reports its digest.
void copy(const CopyOptions& options, Context& context);

}  // namespace aiops::commands
