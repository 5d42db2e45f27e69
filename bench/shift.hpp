// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/statistics.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace aiops::bench {

// By how much the second side lies above the first.
struct Shift {
  double estimate = 0;           // of Hodges and Lehmann: half of the evidence lies on either side
  std::optional<Interval> ci95;  // absent with too few numbers
  double p = 1;                  // two-sided: how often no shift at all looks as far from none
};

// One difference for each round in which both sides took a turn, in an order that was drawn.
Shift paired_shift(std::span<const double> differences);

// Two lots of runs, each made by itself.
Shift unpaired_shift(std::span<const double> before, std::span<const double> after);

// The fewest rounds, or runs of each side, with which p can be as small as `alpha`.
std::size_t least_rounds(double alpha);
std::size_t least_runs(double alpha);

// The point of the standard normal distribution with this share above it.
double normal_upper_point(double share);

}  // namespace aiops::bench
