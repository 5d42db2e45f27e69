// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"
#include "kernels/arena.hpp"

#include <cstdint>

namespace aiops::bench {

// Bytes that something moves: read alone, written over what nobody reads, and changed in place.
struct Traffic {
  std::int64_t read = 0, written = 0, changed = 0;
  std::int64_t bytes() const { return read + written + 2 * changed; }
};

// Moves as many bytes in plain loops, on threads that take pieces as they are free: the ceiling of
// what moves as many with the same threads. What is written is a copy of what is read, as far as
// that reaches; the rest is read alone.
class MemoryProbe {
 public:
  MemoryProbe(const Traffic& traffic, ThreadPool& threads);

  // All of it once.
  void run();
  // What run() moves: the traffic asked for, up to whole cache lines.
  std::int64_t bytes() const { return bytes_; }

 private:
  ThreadPool& threads_;
  std::int64_t copied_, read_, changed_;  // lines
  std::int64_t bytes_;
  kernels::Arena arena_;
};

}  // namespace aiops::bench
