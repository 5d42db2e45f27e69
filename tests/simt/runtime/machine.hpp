// SPDX-License-Identifier: Apache-2.0
// The state of the launch that is running: its threads, its clocks, who has the processor. There is
// one, because the compiler's hooks are plain functions that know nothing but an address.
#pragma once

#include "tests/simt/runtime/async_copies.hpp"
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/fiber.hpp"
#include "tests/simt/runtime/moment.hpp"

#include <array>
#include <random>
#include <string>
#include <vector>

namespace aiops::simt {

enum class State : std::uint8_t { ready, at_barrier, in_collective, exited };

struct Collective;

// A CUDA thread.
struct Thread {
  explicit Thread(int n) : fiber(n), number(n) {}
  int lane() const { return number % kLanes; }
  int warp() const { return number / kLanes; }

  Fiber fiber;
  int number;  // in its block, x fastest
  Index index;
  State state = State::exited;
  Site site{"", 0, 0};               // of the barrier it waits at
  Collective* collective = nullptr;  // that it waits in
  AsyncCopies copies;
};

struct Machine {
  Options options;
  Counts counts;

  const Launch* launch = nullptr;
  std::string kernel;  // readable
  Index block;
  std::vector<Thread> threads;  // as many as any block may have
  int size = 0;                 // of this block
  Thread* current = nullptr;    // null: the scheduler, or the host
  bool stopped = false;         // a thread did what no kernel survives
  std::mt19937_64 random;

  std::uint32_t epoch = 1, block_start = 1, launch_start = 1;
  std::array<WarpClock, kMostThreads / kLanes> clocks;
  int votes = 0;                // of those who wait at the barrier now
  int counted = 0, waited = 0;  // votes and threads of the last barrier that opened

  Thread& thread(int number) { return threads[static_cast<std::size_t>(number)]; }
  WarpClock& clock(int warp) { return clocks[static_cast<std::size_t>(warp)]; }
  int warps() const { return (size + kLanes - 1) / kLanes; }
  Moment moment() const {
    return {epoch, block_start, launch_start, current->number,
            &clocks[static_cast<std::size_t>(current->warp())]};
  }
};

inline Machine machine;

// Lets others run until somebody makes the current thread ready again.
void give_way();

// The current thread, and with it the launch, ends here: this does not return to a thread.
void stop_launch();

// Holds an access of the current thread against everything that is known of the address.
enum class Access;
void check(const void* address, std::size_t size, Access kind, const void* pc);

// The next instruction of the function that called.
#define AIOPS_CALLER __builtin_return_address(0)

// Runs one block of machine.launch.
void run_block();

}  // namespace aiops::simt
