// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/verb.hpp"

namespace aiops::commands {

Verb checkpoint_verb();

}  // namespace aiops::commands
