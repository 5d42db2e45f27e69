// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

namespace aiops {

// RFC 3339 in UTC with whole seconds: 2026-11-22T10:00:00Z.
std::string rfc3339(std::chrono::system_clock::time_point when);
std::string rfc3339_now();

// Monotonic seconds, for durations.
double monotonic_seconds();
std::uint64_t monotonic_ns();

}  // namespace aiops
