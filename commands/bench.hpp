// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.hpp"

namespace aiops::commands {

// The family `bench`.
Verb bench_verb();

}  // namespace aiops::commands
