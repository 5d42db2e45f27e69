// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "commands/repositories.hpp"
#include "pack/repository.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace aiops::commands {

struct CheckpointPullOptions {
  pack::Reference source;
  std::filesystem::path out;
  enum class Verify { no, yes } verify = Verify::no;
  std::vector<std::string> keys;
  RegistryAccess registry;
};

void pull_checkpoint(const CheckpointPullOptions& options, Context& context);

// Unpacks the checkpoint `root` to OUT/step-N, verified and at once, and points OUT/latest to it
// when nothing newer is there. What is there already with the same files is left alone. Returns
// OUT/step-N. Throws Error{failed} when it is no checkpoint, Error{conflict} when OUT/step-N is
// another one.
std::filesystem::path fetch_checkpoint(pack::Repository& from, const pack::Document& root,
                                       const std::filesystem::path& out, Context& context);

}  // namespace aiops::commands
