// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace aiops::train {

// Seconds that tests wait for other threads and processes: more than a busy machine makes of what
// takes a moment. Only what hangs waits so long.
constexpr double kLong = 300;

}  // namespace aiops::train
