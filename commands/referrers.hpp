// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/repositories.hpp"

#include <string>

namespace aiops::commands {

struct ReferrersOptions {
  pack::Reference subject;
  std::string artifact_type;  // only these; empty: all
  RegistryAccess registry;
};

Verb referrers_verb();

// Lists what refers to an artifact: signatures, attestations, bills of materials.
void list_referrers(const ReferrersOptions& options, Context& context);

// The listing itself, for other views of an artifact.
void show_referrers(pack::Repository& repository, const Digest& subject,
                    const std::string& artifact_type, Context& context);

}  // namespace aiops::commands
