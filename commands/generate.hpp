// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/device_options.hpp"
#include "commands/repositories.hpp"
#include "train/generation/generator.hpp"

#include <cstddef>
#include <string>

namespace aiops::commands {

struct GenerateVerbOptions {
  enum class Mode { text, chat };

  std::string model;  // a directory, a GGUF file or a reference
  std::string base;   // of adapters; empty: as they say
  Mode mode = Mode::text;
  std::string system;  // chat: what the system says first; empty: nothing
  train::GenerateOptions generate;
  std::size_t threads = 0;
  ComputeOptions compute = {};
  RegistryAccess registry;
};

Verb generate_verb();
void generate(const GenerateVerbOptions& options, Context& context);

}  // namespace aiops::commands
