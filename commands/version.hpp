// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

namespace aiops::commands {

Verb version_verb();

// Reports the version, how the program was built, and the libraries that it runs with.
void version(Context& context);

}  // namespace aiops::commands
