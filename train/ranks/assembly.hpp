// SPDX-License-Identifier: Apache-2.0
// How the ranks of a run on several hosts find each other over TCP. Rank 0 listens where all know,
// every other process comes and says which ranks it stands for. When all are there, rank 0 tells
// each its place; the first of each group then goes to the one before.
#pragma once

#include "base/status.hpp"
#include "train/ranks/crew.hpp"
#include "train/ranks/door.hpp"
#include "train/ranks/link.hpp"
#include "train/ranks/seating.hpp"

#include <memory>

namespace aiops::train {

// What came of it.
struct Assembly {
  Place place;
  std::unique_ptr<Door> door;  // where the group behind comes
  Endpoint first;              // where rank 0 was found
  double deadline = 0;

  Standing standing() const { return {place.group, place.groups}; }
};

// Throws Error{unavailable} when the others do not come or rank 0 cannot be reached in time,
// Error{usage} when rank 0 counts otherwise, or is of another run, configuration or program.
Assembly assemble(const Party& party, Status& status, const StopFlag& stop);

// For the first rank of each group. A neighbour that was not heard of for `silence` seconds though
// it owes an answer is gone.
Neighbours link_groups(Assembly& assembly, double silence, const StopFlag& stop);

}  // namespace aiops::train
