// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/reference.hpp"

#include <vector>

namespace aiops::commands {

struct TagOptions {
  pack::Reference reference;
  std::vector<pack::Reference> names;
};

Verb tag_verb();

// Gives an artifact further names in the place where it is.
void tag_artifact(const TagOptions& options, Context& context);

}  // namespace aiops::commands
