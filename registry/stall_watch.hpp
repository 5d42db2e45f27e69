// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace aiops::registry {

// Says when an exchange has stalled. Silence alone is no measure: a trickle of a few bytes a second
// would hold a transfer for ever, so each window must bring at least 1 KiB per second. While the
// server works on its reply nothing moves; that wait grows with what it was sent, because object
// stores copy the whole blob before they answer.
class StallWatch {
 public:
  using Clock = std::chrono::steady_clock;

  StallWatch(std::chrono::seconds window, std::uint64_t body_size, Clock::time_point now)
      : window_(window),
        reply_wait_(window + std::chrono::seconds(30 + body_size / (8u << 20))),
        start_(now) {}

  // `moved`: bytes of the exchange so far, both ways.
  bool stalled(std::uint64_t moved, bool awaiting_reply, Clock::time_point now) {
    const auto enough = static_cast<std::uint64_t>(window_.count()) * 1024;
    if (moved - at_start_ >= enough || awaiting_reply != awaiting_) {
      start_ = now;
      at_start_ = moved;
      awaiting_ = awaiting_reply;
    }
    return now - start_ >= (awaiting_reply ? reply_wait_ : window_);
  }

  // Time that our own side took does not count against the server.
  void excuse(Clock::duration ours) { start_ += ours; }

 private:
  std::chrono::seconds window_;
  std::chrono::seconds reply_wait_;
  Clock::time_point start_;
  std::uint64_t at_start_ = 0;
  bool awaiting_ = false;
};

}  // namespace aiops::registry
