// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"
#include "pack/transfer.hpp"
#include "pack/unpack.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace aiops::commands {

struct PullOptions {
  enum class Verify { no, yes };

  pack::Reference source;           // a registry
  pack::Reference entry;            // what it is called in the store
  std::filesystem::path directory;  // unpack here instead of storing; empty: store
  pack::UnpackOptions unpack;
  pack::Referrers referrers = pack::Referrers::copy;
  Verify verify = Verify::no;
  std::vector<std::string> keys;  // files; empty: the user's trusted keys
  RegistryAccess registry;
};

Verb pull_verb();

// Fetches an artifact into the store, or its files into a directory. With `verify`, signatures are
// decided on before the first byte of a layer is asked for. Reports its digest.
void pull(const PullOptions& options, Context& context);

}  // namespace aiops::commands
