// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/repositories.hpp"
#include "pack/reference.hpp"
#include "pack/unpack.hpp"

#include <filesystem>

namespace aiops::commands {

struct UnpackCommand {
  pack::Reference reference;
  std::filesystem::path directory;
  pack::UnpackOptions options;
  RegistryAccess registry;
};

Verb unpack_verb();

// Writes the artifact's files into the directory, verified, all or none.
void unpack_artifact(const UnpackCommand& command, Context& context);

// --only, --include, --exclude and --overwrite, which `pull -d` shares.
std::vector<Flag> unpack_flags();
pack::UnpackOptions unpack_options(const Arguments& arguments);

}  // namespace aiops::commands
