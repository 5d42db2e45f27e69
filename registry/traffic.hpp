// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>

namespace aiops::registry {

// What went over the wire to a registry and the hosts that it names. Counted by every thread,
// readable at any moment.
struct Traffic {
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> retries{0};   // attempts beyond the first
  std::atomic<std::uint64_t> sent{0};      // bytes of bodies, those of broken attempts too
  std::atomic<std::uint64_t> received{0};  // the same
  // Bytes of blobs that a broken or killed attempt had left there, and that were not sent again.
  std::atomic<std::uint64_t> kept{0};
};

}  // namespace aiops::registry
