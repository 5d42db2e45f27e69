// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/pack.hpp"
#include "pack/reference.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace aiops::commands {

enum class PackRun { real, dry };

struct PackCommand {
  std::filesystem::path directory;
  std::vector<pack::Reference> tags;
  std::optional<std::string> key;  // sign with it
  pack::PackOptions options;
  PackRun run = PackRun::real;
  pack::DigestMemory::Trust digests = pack::DigestMemory::Trust::yes;
};

Verb pack_verb();

// Packs the directory as a ModelPack artifact under every tag, and signs it when a key is given.
void pack_directory(const PackCommand& command, Context& context);

// aiops.yaml of a directory; empty when there is none.
pack::ModelFile read_model_file(const std::filesystem::path& directory);

}  // namespace aiops::commands
