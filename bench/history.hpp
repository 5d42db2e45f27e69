// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/verification.hpp"

#include <string>
#include <vector>

namespace aiops::bench {

// Charts, as HTML, of work that was measured several times: its figures in order of time with their
// 95 % intervals. Empty when nothing was.
std::string history_of(const std::vector<StoredRecord>& records);

}  // namespace aiops::bench
