// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

struct LineageOptions {
  std::string word;               // a checkpoint, the directory of a run, or an artifact
  std::vector<std::string> keys;  // public keys; empty: the user's trusted ones, if there are any
  RegistryAccess registry;
};

Verb lineage_verb();
// Throws Error{unverified} when a statement and the files that it is about disagree.
void show_lineage(const LineageOptions& options, Context& context);

}  // namespace aiops::commands
