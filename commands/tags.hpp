// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"

namespace aiops::commands {

struct TagsOptions {
  // The fallback tags under which registries without a referrers API keep signatures.
  enum class Fallback { hide, show };

  pack::Reference repository;
  Fallback fallback = Fallback::hide;
  RegistryAccess registry;
};

Verb tags_verb();

// Lists the tags of a repository of a registry, a name of the store, a layout or an archive.
void list_tags(const TagsOptions& options, Context& context);

}  // namespace aiops::commands
