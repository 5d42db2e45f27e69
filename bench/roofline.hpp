// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/verification.hpp"

#include <string>
#include <vector>

namespace aiops::bench {

// For each machine and number of threads a chart, as HTML, of the work whose records state
// operations and bytes: how many operations a second it did by how many it does for each byte, both
// logarithmic, below what was measured as the most that can be done. The flat roof is the highest
// ceiling of operations among the records, the sloping one the fastest loop over the largest arrays
// of 'bench memory', else the highest ceiling of bytes; a roof that nothing measured is not drawn.
std::string roofline_of(const std::vector<StoredRecord>& records);

}  // namespace aiops::bench
