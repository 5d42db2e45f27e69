// SPDX-License-Identifier: Apache-2.0
#include "base/time.hpp"

#include <array>
#include <ctime>

namespace aiops {

std::string rfc3339(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return {text.data(), length};
}

std::string rfc3339_now() { return rfc3339(std::chrono::system_clock::now()); }

double monotonic_seconds() { return static_cast<double>(monotonic_ns()) * 1e-9; }

std::uint64_t monotonic_ns() {
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                        std::chrono::steady_clock::now().time_since_epoch())
                                        .count());
}

}  // namespace aiops
