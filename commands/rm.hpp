// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/reference.hpp"

#include <vector>

namespace aiops::commands {

struct RmOptions {
  std::vector<pack::Reference> references;
};

Verb rm_verb();

// Takes names away from artifacts of the store or a layout, all or none.
void remove_artifacts(const RmOptions& options, Context& context);

}  // namespace aiops::commands
