// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/device_options.hpp"

namespace aiops::commands {

struct DeviceOptions {
  kernels::device::Search search;
  enum class Require { nothing, cuda } require = Require::nothing;
};

Verb device_verb();
// Throws Error{no_gpu} after the answer, when CUDA is required and cannot be used.
void device(const DeviceOptions& options, Context& context);

}  // namespace aiops::commands
