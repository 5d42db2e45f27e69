// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/random.hpp"

#include <cmath>
#include <numbers>

namespace aiops::kernels::reference {

double normal_quantile(double probability) {
  double below = -40;
  double above = 40;
  for (int halving = 0; halving < 200; ++halving) {
    const double middle = (below + above) / 2;
    const double reached = 0.5 * std::erfc(-middle / std::numbers::sqrt2);
    (reached < probability ? below : above) = middle;
  }
  return (below + above) / 2;
}

}  // namespace aiops::kernels::reference
