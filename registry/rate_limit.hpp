// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"

#include <chrono>
#include <cstdint>
#include <mutex>

namespace aiops::registry {

// A rate that all connections share, both ways together. Whoever moves bytes takes them here and
// sleeps until they are due, so that the rate holds over any second; a burst of a tenth of a second
// may pass at once.
class RateLimit {
 public:
  explicit RateLimit(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  // Returns how long it slept. Returns early when a stop is requested.
  std::chrono::nanoseconds take(std::uint64_t bytes, const StopFlag& stop);

 private:
  using Clock = std::chrono::steady_clock;

  std::uint64_t rate_;
  std::mutex mutex_;
  Clock::time_point due_{};  // of the next byte
};

}  // namespace aiops::registry
