// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/gate.hpp"
#include "bench/suite.hpp"

#include <vector>

namespace aiops::bench {

// How two sides are measured against each other.
struct AbRule {
  SampleRule samples;  // `count` rounds, or until every interval is narrow; `timeout_ns` a side
  GatePolicy policy;
};
// Where sampling ends when no count is asked for.
inline constexpr const char* kEffectWidthRule = "effect-ci95-half-width";

// One case of the first side and the same of the second.
struct AbPair {
  Json baseline, candidate;  // records; the candidate's has the gate
};

// Measures the groups of both suites against each other, one pair of groups after the other: cases
// of both sides take turns, in an order drawn anew for each round. Emits both records of each pair.
// When a case throws, the rounds so far are emitted without a verdict, and it is thrown on. Throws
// Error{usage} when the sides do not have equally many cases.
std::vector<AbPair> measure_ab(const Suite& a, const Suite& b, const AbRule& rule,
                               const Bench& bench);

}  // namespace aiops::bench
