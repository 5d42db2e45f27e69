// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/repositories.hpp"
#include "train/checkpoint/checkpoint.hpp"

#include <string>

namespace aiops::commands {

struct CheckpointLsOptions {
  std::string place;  // the directory of a run, or a repository
  train::Depth depth = train::Depth::sizes;
  RegistryAccess registry;
};

void list_checkpoints(const CheckpointLsOptions& options, Context& context);

}  // namespace aiops::commands
