// SPDX-License-Identifier: Apache-2.0
#include "train/ranks/collective.hpp"

#include <algorithm>

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

std::vector<double> of_all(Collective& ranks, double own) {
  std::vector<double> all(static_cast<std::size_t>(ranks.size()));
  all[static_cast<std::size_t>(ranks.rank())] = own;
  for (std::size_t first = 0; first < all.size(); first += Collective::kFew)
    ranks.sum(std::span(all).subspan(first, std::min(Collective::kFew, all.size() - first)));
  return all;
}

}  // namespace aiops::train
