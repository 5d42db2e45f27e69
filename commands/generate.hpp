// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "train/generator.hpp"

#include <cstddef>
#include <string>

namespace aiops::commands {

struct GenerateVerbOptions {
  std::string model;  // a directory or a reference
  train::GenerateOptions generate;
  std::size_t threads = 0;
  RegistryAccess registry;
};

Verb generate_verb();
void generate(const GenerateVerbOptions& options, Context& context);

}  // namespace aiops::commands
