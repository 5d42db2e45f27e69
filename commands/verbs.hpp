// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.hpp"

#include <vector>

namespace aiops::commands {

// Every verb, in the order of the help page.
std::vector<Verb> all_verbs();

}  // namespace aiops::commands
