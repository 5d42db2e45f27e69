// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "pack/reference.hpp"

namespace aiops::commands {

struct InspectOptions {
  enum class View { summary, manifest, config, tensors, referrers };
  pack::Reference reference;
  View view = View::summary;
  RegistryAccess registry;
};

Verb inspect_verb();

// Shows an artifact wherever it is; of the weights no more than their headers are read.
void inspect(const InspectOptions& options, Context& context);

}  // namespace aiops::commands
