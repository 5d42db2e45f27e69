// SPDX-License-Identifier: Apache-2.0
// What lanes of a warp do together: shuffles, votes, __syncwarp(), tensor core products. Each lane
// brings a Collective on its own stack and waits; the last one completes it for all.
#pragma once

#include "tests/simt/runtime/machine.hpp"

#include <array>

namespace aiops::simt {

struct Collective {
  using Lanes = std::array<Collective*, kLanes>;  // null: not in the mask, or exited

  // Computes every lane's result. Also says which operation this is: all lanes must bring one.
  void (*complete)(const Lanes& lanes, int warp);
  unsigned mask;
  Site site;
};

// Waits until every lane of the mask that has not exited has come, then lets `complete` run once.
// False: the mask leaves this lane out, nothing happened.
bool meet(Collective& mine);

template <typename Mine>
Mine* lane_of(const Collective::Lanes& lanes, int lane) {
  return static_cast<Mine*>(lanes[static_cast<std::size_t>(lane)]);
}

}  // namespace aiops::simt
