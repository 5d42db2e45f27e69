// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/reference.hpp"

#include <optional>

namespace aiops::commands {

struct LsOptions {
  std::optional<pack::Reference> place;  // a name of the store, a layout or an archive
};

Verb ls_verb();

// Lists the artifacts of the store, of one name, or of a layout.
void list_artifacts(const LsOptions& options, Context& context);

}  // namespace aiops::commands
