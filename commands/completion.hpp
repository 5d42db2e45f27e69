// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <string>

namespace aiops::commands {

struct CompletionOptions {
  std::string shell;  // bash, zsh or fish
};

Verb completion_verb();

// Prints the adaptor of a shell.
void completion(const CompletionOptions& options, Context& context);

}  // namespace aiops::commands
