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
};

}  // namespace aiops::registry
