// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "train/ranks/shared_region.hpp"

#include <memory>
#include <string_view>

namespace aiops::train {

// Ranks that were started one by one on a host: `ranks` consecutive ones, of which this is number
// `index`.
struct Locals {
  int index = 0, ranks = 1;
  int first = 0;  // the first one's rank
  SharedRegion::Reach reach = SharedRegion::Reach::this_host;
};

// Where they find each other: the first makes the memory and hands it to the others of the same
// user that name the same `job`. Throws Error{failed} when they do not come within `seconds`, count
// differently, or another run has that name; the Error of the stop flag when it is set meanwhile.
std::shared_ptr<SharedRegion> meet(std::string_view job, const Locals& locals, double seconds,
                                   const StopFlag& stop);

}  // namespace aiops::train
