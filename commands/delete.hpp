// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"

namespace aiops::commands {

struct DeleteOptions {
  enum class What { manifest, tag };
  enum class Referrers { leave, remove };
  enum class DryRun { no, yes };

  pack::Reference reference;  // of a registry, with a tag or a digest
  What what = What::manifest;
  Referrers referrers = Referrers::leave;
  DryRun dry_run = DryRun::no;
  RegistryAccess registry;
};

Verb delete_verb();

// Deletes a manifest from a registry, or one tag of it, after asking.
void delete_artifact(const DeleteOptions& options, Context& context);

}  // namespace aiops::commands
