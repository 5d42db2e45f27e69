// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/device_chain.hpp"
#include "cli/arguments.hpp"
#include "cli/verb.hpp"

#include <vector>

namespace aiops::commands {

// The flags of every verb that opens the CUDA plug-in, and what they say.
std::vector<Flag> device_flags();
kernels::device::Search device_search(const Arguments& arguments);

}  // namespace aiops::commands
