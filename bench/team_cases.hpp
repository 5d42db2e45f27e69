// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"
#include "bench/team.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace aiops::bench {

// One thing that a team does together, described but for its samples.
struct TeamCase {
  Measurement measurement;
  std::function<void(std::size_t member)> work;
};

// The cases as a group of which each is measured.
Group team_group(std::vector<TeamCase> cases, const std::shared_ptr<Team>& team);

}  // namespace aiops::bench
