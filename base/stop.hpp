// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace aiops {

// Set from a signal handler (a lock-free store, so async-signal-safe), asked by every long loop.
class StopFlag {
 public:
  void request(int signal) noexcept { signal_.store(signal, std::memory_order_relaxed); }
  bool requested() const noexcept { return signal_.load(std::memory_order_relaxed) != 0; }
  int signal() const noexcept { return signal_.load(std::memory_order_relaxed); }
  // Throws Error{interrupted} after SIGINT, Error{terminated} after any other signal.
  void check() const;

 private:
  std::atomic<int> signal_{0};
  static_assert(std::atomic<int>::is_always_lock_free);
};

}  // namespace aiops
