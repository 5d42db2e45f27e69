// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/record.hpp"
#include "bench/suite.hpp"
#include "bench/team.hpp"

#include <functional>
#include <vector>

namespace aiops::bench {

// One thing that a team does together, described but for its samples.
struct TeamCase {
  Measurement measurement;
  std::function<void(std::size_t member)> work;
};

// Measures the cases against each other and emits their records.
void measure_together(std::vector<TeamCase> cases, const Bench& bench, Team& team);

}  // namespace aiops::bench
