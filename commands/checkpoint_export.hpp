// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "train/checkpoint/export.hpp"

#include <cstddef>
#include <string>

namespace aiops::commands {

struct CheckpointExportOptions {
  std::string model;  // a directory, a GGUF file or a reference
  std::string base;   // of adapters; empty: as they say
  train::ExportOptions how;
  std::size_t threads = 0;
  RegistryAccess registry;
};

Verb checkpoint_export_part();  // of the family `checkpoint`
void checkpoint_export(const CheckpointExportOptions& options, Context& context);

}  // namespace aiops::commands
