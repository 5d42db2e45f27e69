// SPDX-License-Identifier: Apache-2.0
// Records as rows of a text that people paste: what was measured, by what, the figure with its
// interval, the share of the measured ceiling, how many samples, why they ended, where, and who
// says so.
#pragma once

#include "bench/verification.hpp"

#include <string>
#include <vector>

namespace aiops::bench {

// A table of GitHub's Markdown, with the digits that the noise supports.
std::string markdown_of(const std::vector<StoredRecord>& records);

// RFC 4180 with a header, lines ended by \n, and the numbers as they are in the records.
std::string csv_of(const std::vector<StoredRecord>& records);

}  // namespace aiops::bench
