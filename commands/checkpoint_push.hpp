// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/checkpoint_delta.hpp"
#include "commands/repositories.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace aiops::commands {

struct CheckpointPushOptions {
  std::filesystem::path checkpoint;
  pack::Reference destination;
  std::optional<std::string> key;
  std::optional<std::filesystem::path> passphrase_file;
  DeltaOptions delta;
  RegistryAccess registry;
};

void push_checkpoint(const CheckpointPushOptions& options, Context& context);

}  // namespace aiops::commands
