// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/device_options.hpp"
#include "commands/repositories.hpp"
#include "train/data/corpus.hpp"
#include "train/generation/perplexity.hpp"

#include <cstddef>
#include <filesystem>
#include <string>

namespace aiops::commands {

struct EvalOptions {
  enum class Task { automatic, perplexity, choice, labels };

  std::string model;  // a directory, a GGUF file or a reference
  std::string base;   // of adapters; empty: as they say
  train::CorpusOptions data;
  Task task = Task::automatic;
  train::PerplexityOptions windows;
  std::filesystem::path predictions;  // file to write; empty: none
  std::size_t threads = 0;
  ComputeOptions compute = {};
  RegistryAccess registry;
};

Verb eval_verb();
void eval(const EvalOptions& options, Context& context);

}  // namespace aiops::commands
