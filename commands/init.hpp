// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <filesystem>

namespace aiops::commands {

enum class Replace { no, yes };

struct InitOptions {
  std::filesystem::path directory;
  Replace replace = Replace::no;
};

Verb init_verb();

// Writes aiops.yaml from what the directory holds.
void init_directory(const InitOptions& options, Context& context);

}  // namespace aiops::commands
