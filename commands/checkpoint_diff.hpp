// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/repositories.hpp"

#include <string>

namespace aiops::commands {

struct CheckpointDiffOptions {
  std::string before, after;
  enum class Show { changed, all } show = Show::changed;
  RegistryAccess registry;
};

void compare_checkpoints(const CheckpointDiffOptions& options, Context& context);

}  // namespace aiops::commands
