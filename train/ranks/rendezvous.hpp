// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "train/ranks/shared_memory.hpp"

#include <memory>
#include <string_view>

namespace aiops::train {

// Where ranks that a launcher started one by one on a host find each other: the first makes the
// memory and hands it to the others of the same user that name the same `job`. Throws Error{failed}
// when they do not come within `seconds`, count differently, or another run has that name; the
// Error of the stop flag when it is set meanwhile.
std::shared_ptr<SharedRegion> meet(std::string_view job, int rank, int ranks, double seconds,
                                   const StopFlag& stop);

}  // namespace aiops::train
