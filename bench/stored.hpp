// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/verification.hpp"

#include <span>
#include <vector>

namespace aiops::bench {

// Records of the same work on the same kind of machine, before and after a change.
struct StoredCase {
  std::vector<Json> before, after;  // one for each run of the program
};

// Sorts records into cases by what makes them comparable, in the order of `before`. Throws
// Error{unverified} when a record's figures do not follow from its samples, Error{failed} naming
// what differs when a case is on one side only, and when one record is there twice.
std::vector<StoredCase> match_cases(const std::vector<StoredRecord>& before,
                                    const std::vector<StoredRecord>& after);

}  // namespace aiops::bench
