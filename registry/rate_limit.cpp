// SPDX-License-Identifier: Apache-2.0
#include "registry/rate_limit.hpp"

#include <algorithm>
#include <thread>

namespace aiops::registry {

std::chrono::nanoseconds RateLimit::take(std::uint64_t bytes, const StopFlag& stop) {
  using namespace std::chrono_literals;
  const auto began = Clock::now();
  Clock::time_point due;
  {
    const std::lock_guard lock(mutex_);
    const auto cost =
        std::chrono::duration<double>(static_cast<double>(bytes) / static_cast<double>(rate_));
    due_ = std::max(due_, began - 100ms) + std::chrono::duration_cast<Clock::duration>(cost);
    due = due_;
  }
  for (auto now = began; now < due && !stop.requested(); now = Clock::now())
    std::this_thread::sleep_for(std::min<Clock::duration>(due - now, 100ms));
  return Clock::now() - began;
}

}  // namespace aiops::registry
