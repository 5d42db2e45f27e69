// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"

namespace aiops {

// From now on the first SIGINT or SIGTERM sets the returned flag and every long loop winds up; the
// second one ends the program at once. SIGPIPE is ignored: writes report EPIPE.
const StopFlag& watch_signals();

}  // namespace aiops
