// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/shift.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace aiops::bench {

// When a difference counts. A slowdown is a regression when chance would rarely make it look so far
// from none, and it is at least the threshold.
struct GatePolicy {
  double alpha = 0.002;         // over all comparisons that are made together
  double threshold = 0.02;      // of time: 0.02 is 2 % more
  std::size_t comparisons = 1;  // so that many looks find no more than one by chance
  double alpha_of_one() const { return alpha / static_cast<double>(comparisons); }
};

enum class Verdict {
  ok,          // a narrow interval, and even its upper end is below the threshold
  faster,      // by at least the threshold
  regression,  // slower by at least the threshold
  undecided,   // too few or too noisy to say either
};
const char* name_of(Verdict verdict);

// Effects are shares of the first side's time: 0.1 is a tenth slower, negative is faster.
struct Decision {
  Verdict verdict = Verdict::undecided;
  std::string reason;  // why it is undecided, else empty
  std::size_t n = 0;   // rounds, or runs of the side that has fewer
  double effect = 0;
  std::optional<Interval> ci95;
  double p = 1;
  std::optional<double> detectable;  // the slowdown that nine of ten such measurements would find
};

// Of rounds: natural logarithms of the second side's time over the first's.
Decision decide_paired(std::span<const double> log_ratios, const GatePolicy& policy);
// Of runs: natural logarithms of each side's times.
Decision decide_stored(std::span<const double> log_before, std::span<const double> log_after,
                       const GatePolicy& policy);

}  // namespace aiops::bench
