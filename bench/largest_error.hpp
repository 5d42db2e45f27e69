// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace aiops::bench {

// The largest difference between two arrays, as a share of the largest exact number; infinite where
// something is not a number.
template <typename Got, typename Exact>
double largest_error(const Got& got, const Exact& exact) {
  double largest = 0, error = 0;
  for (std::size_t i = 0; i < exact.size(); ++i) {
    const double wanted = exact[i], difference = std::abs(static_cast<double>(got[i]) - wanted);
    if (std::isnan(difference)) return std::numeric_limits<double>::infinity();
    error = std::max(error, difference);
    largest = std::max(largest, std::abs(wanted));
  }
  return error == 0 ? 0 : error / largest;
}

}  // namespace aiops::bench
