// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "cli/context.hpp"

namespace aiops {

// Context::processes. Must be called while this process has one thread.
void run_processes(const std::vector<std::function<void()>>& works,
                   const std::function<void(const ProcessEnd&)>& ended, const StopFlag& stop);

}  // namespace aiops
