// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "registry/http.hpp"
#include "registry/traffic.hpp"

#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>

namespace aiops::registry {

using Milliseconds = std::chrono::milliseconds;

// Statuses that may be different the next time: 408, 425, 429, 499, 500, 502-504, 520-524.
bool is_transient(int status);

// Reads a Retry-After field: seconds ("3"), an HTTP-date, or what servers really send: an epoch
// ("1746136938"), a number with a unit ("880.092us", "1.5s"). Nothing when it is junk. The result
// is between 0 and kLongestWait.
inline constexpr std::chrono::seconds kLongestWait{60};
std::optional<Milliseconds> parse_retry_after(std::string_view text,
                                              std::chrono::system_clock::time_point now);

// Sleeps between half and all of `longest`. Throws as StopFlag::check when a stop is requested.
void wait_about(Milliseconds longest, const StopFlag& stop);

// What all transfers with one registry wait for together, so that a 429 to one worker is not
// followed by the stampede of the others.
class HostGate {
 public:
  void close_for(Milliseconds wait);
  // Returns when the gate is open. Throws as StopFlag::check when a stop is requested.
  void pass(const StopFlag& stop);

 private:
  std::mutex mutex_;
  std::chrono::steady_clock::time_point open_at_{};
};

// How often one piece of work may still be tried. The budget is for attempts without progress:
// what moves on may go on for ever.
class RetryBudget {
 public:
  // Adds each further attempt to `counted`.
  RetryBudget(int retries, HostGate& gate, const StopFlag& stop, Traffic& counted)
      : retries_(retries), gate_(gate), stop_(stop), counted_(counted) {}

  void progressed() { used_ = 0; }
  // False when the budget is spent. Otherwise waits, doubling from about 0.3 s with jitter, or as
  // long as the server asked, and returns true.
  bool try_again(std::optional<Milliseconds> asked = std::nullopt);
  // A 429 or 503 that does not say how long makes everybody wait, not only this piece of work.
  bool try_again(const Response& response);

 private:
  Milliseconds next_delay() const;

  int retries_;
  int used_ = 0;
  HostGate& gate_;
  const StopFlag& stop_;
  Traffic& counted_;
};

}  // namespace aiops::registry
