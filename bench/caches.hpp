// SPDX-License-Identifier: Apache-2.0
// Whether calls found their data in the CPU's caches, as the record's `method.cache`, and what a
// verdict makes of it. A record that was meant to be cold (SampleRule::data) and is not surely so
// measured something else than it was asked for; and where one side is warm and the other cold,
// the caches are part of the difference, which no test can take out.
#pragma once

#include "base/json.hpp"
#include "bench/sampler.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// Whether nothing else runs between one call and the next.
bool is_in_a_row(std::int64_t calls, const std::string& order);

// Whether a call finds what it goes over in the caches: "warm" when it fits into half of the last
// one and calls follow each other, "cold" when it is four times as large, so that nothing of it is
// still there when its turn comes again. What lies between is neither, and null. Nobody flushes.
Json cache_json(const std::optional<std::int64_t>& working_set, const Json& cpu, bool in_a_row,
                SampleRule::Data meant);

// Why a record that was meant to be cold is not; nothing when it is, or was not.
std::optional<std::string> not_cold(const Json& record);

// Why these records cannot be compared for their caches. Of sides that took turns, one is warm and
// the other cold; of runs, they are not all the same.
std::optional<std::string> unlike_caches(const Json& baseline, const Json& candidate);
std::optional<std::string> unlike_caches(const std::vector<Json>& runs);

}  // namespace aiops::bench
