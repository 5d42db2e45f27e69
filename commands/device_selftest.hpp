// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/device_selftest.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/device_options.hpp"

#include <filesystem>
#include <optional>

namespace aiops::commands {

struct DeviceSelftestOptions {
  kernels::device::Search search;
  bench::SelftestOptions how;
  std::optional<std::filesystem::path> out;  // for the record
};

Verb device_selftest_verb();
// Throws Error{no_gpu} where there is no GPU, Error{failed} when a check differs.
void device_selftest(const DeviceSelftestOptions& options, Context& context);

}  // namespace aiops::commands
