// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/reference.hpp"
#include "pack/repository.hpp"

#include <memory>
#include <string>

namespace aiops::commands {

// Opens whatever a Reference names as a Repository: store, layout, archive or registry. `access`
// says whether the place may be made. `arguments` carries the registry flags below. Throws
// Error{usage} for dir:.
enum class Access { read, write };
std::unique_ptr<pack::Repository> open_repository(const pack::Reference& reference, Access access,
                                                  const Arguments& arguments, Context& context);

// The manifest that a Reference names: by digest when it has one, else by tag (or latest).
pack::Document resolve(pack::Repository& repository, const pack::Reference& reference);

// The flags that every verb which may talk to a registry shares: --plain-http, --tls-ca, --jobs, …
std::vector<Flag> registry_flags();

}  // namespace aiops::commands
