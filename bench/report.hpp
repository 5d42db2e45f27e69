// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/verification.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace aiops::bench {

// A page that needs nothing but itself: of each record its figure, how its samples are distributed,
// with those of the side that it was compared with, and how they came in time; of work that was
// measured several times, the figures over time; of work that states operations and bytes, a
// roofline.
std::string html_of(const std::vector<StoredRecord>& records);

// The distributions, drawn in characters.
std::string drawing_of(const std::vector<StoredRecord>& records, std::size_t width);

}  // namespace aiops::bench
