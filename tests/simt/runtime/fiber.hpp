// SPDX-License-Identifier: Apache-2.0
// Fibers: a CUDA thread that waits must leave its stack as it is and let others run. A switch saves
// the six registers that a function must keep and the stack pointer, 2 ns on x86-64; ucontext would
// make two system calls of it.
#pragma once

#include <cstddef>

namespace aiops::simt {

class Fiber {
 public:
  static constexpr std::size_t kStack = std::size_t{128} << 10U;

  // Fiber number i's stack, below which lies a page that nobody may touch.
  explicit Fiber(int number);

  // Prepares it to call entry() at the next switch; entry must not return.
  void start(void (*entry)());

  // From the scheduler to the fiber, and back.
  void enter();
  void leave();

  bool holds(const char* address, std::size_t size) const {
    return address >= stack_ && address + size <= stack_ + kStack;
  }

 private:
  char* stack_;
  void* top_ = nullptr;
};

inline constexpr int kMostThreads = 1024;  // of a block, on every device

}  // namespace aiops::simt
