// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "cli/context.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace aiops::commands {

// One comparison that was decided.
struct VerdictRow {
  Json baseline, candidate;  // records; of several, one of each side
  std::string a, b;          // their figures, as cells
  Json gate;
};

// How the two sides are called, and what to do about a comparison that is undecided.
struct Sides {
  std::string a, b;
  std::string mend;
};

// The verdict first, so that -q prints it; then what differs between the rows, both figures, and
// how sure the comparison is.
Table verdict_table(const std::vector<VerdictRow>& rows, const Sides& sides);

// Says in a sentence what came out. Throws Error{regression} when any got slower, and otherwise
// Error{undecided} when any could not be decided.
void conclude(const std::vector<VerdictRow>& rows, const Sides& sides, Status& status);

}  // namespace aiops::commands
