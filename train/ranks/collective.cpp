// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/collective.hpp"

namespace aiops::train {

Collective& alone() {
  static Alone one;
  return one;
}

bool any(Collective& ranks, bool here) {
  double count = here ? 1 : 0;
  ranks.sum(std::span(&count, 1));
  return count > 0;
}

}  // namespace aiops::train
