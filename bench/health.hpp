// SPDX-License-Identifier: Apache-2.0
// What the machine did while samples were taken, as the record's `health`.
//
// Throttled is a run whose clock fell and stayed there: its later samples measured another machine
// than its earlier ones, and the median says how long each of the two was there. So such a record
// gets no verdict against one of another run. Sides that took turns saw the same of it: the clock
// scales both times of a round, and their ratio, which is what is judged, stays what it was, as
// long as both sides depend on the clock alike. A side that waits for memory does not slow down
// with the clock as one that computes, and then the ratio before the fall is another than after it.
// That can be seen, and only then does a throttled `bench ab` stay undecided (bench/verdict.hpp). A
// GPU is looked at, and held down, in moments: which rounds they fell on nobody knows, so that no
// ratio can be asked, and `bench ab` stays undecided too.
#pragma once

#include "base/json.hpp"
#include "bench/clock_watch.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// Null without a slice.
Json health_json(const ClockTrace& clock);

// The slices, as health_json wrote them. Throws Error{failed} when they are none of a run of so
// many rounds, and Json::exception when they are something else.
ClockTrace clock_trace(const Json& health, std::uint64_t rounds);

// Why a record is throttled, "the clock fell by 22 %, from 3690 to 2880 MHz", or its GPU was
// (bench/gpu_watch.hpp); nothing when it is not, or nobody knows.
std::optional<std::string> throttling_of(const Json& record);

// The latter alone.
std::optional<std::string> gpu_throttling_of(const Json& record);

// For each round of a record, whether the clock was low then.
std::vector<bool> throttled_rounds(const Json& record);

}  // namespace aiops::bench
