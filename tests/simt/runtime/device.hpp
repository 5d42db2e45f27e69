// SPDX-License-Identifier: Apache-2.0
// The host's side of the executors: how to run, device memory, who runs.
//
// A launch runs every CUDA thread of a block as a fiber, one at a time, and blocks one after
// another. Nothing depends on timing: the same options give the same run. Which thread comes first
// is an option, because a missing barrier shows only in some orders; whether two accesses are
// ordered at all is what the shadow memory decides, in any order.
#pragma once

#include "kernels/cuda/layer/executor.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

namespace aiops::simt {

enum class Order { forward, reverse, random };
enum class Checks { off, on };  // off: reorder and compare only

class Engine;

struct Options {
  Order order = Order::forward;
  std::uint64_t seed = 1;  // of the random order
  Checks checks = Checks::on;
  Engine* engine = nullptr;  // who runs a thread; nullptr: the source, as g++ compiled it
  // Threads give way to others at atomics too, in random order.
  bool yield_at_atomics = false;
};
Options& options();

// Device memory, filled with rubbish. It ends at a page that nobody may touch, less what its
// beginning's alignment costs, and its addresses are never given twice. `name` is what reports call
// it. nullptr: there is no more.
void* allocate(std::size_t bytes, std::string name, std::size_t alignment = 16);
void release(void* p);
void copy_to_device(void* to, const void* from, std::size_t bytes);
void copy_from_device(void* to, const void* from, std::size_t bytes);
void copy_on_device(void* to, const void* from, std::size_t bytes);
void fill(void* p, int value, std::size_t bytes);
// Somebody else wrote there, such as a library.
void mark_written(void* p, std::size_t bytes);

// Where launches go instead of running at once: for a runtime that has streams. The second argument
// runs the launch; it may be called later, and again. The launch itself is gone by then.
using LaunchQueue = std::function<kernels::cuda::LaunchStatus(
    const Launch&, std::function<kernels::cuda::LaunchStatus()>)>;
void set_launch_queue(LaunchQueue queue);

// Somebody who can run one thread of a launch. Called from fibers.
class Engine {
 public:
  virtual ~Engine() = default;
  // Before the first thread, when shared memory is ready. Not ok: nothing runs.
  virtual kernels::cuda::LaunchStatus prepare(const Launch& launch) = 0;
  virtual void run_thread(const Launch& launch) = 0;
  // Where a thread is, for reports.
  virtual std::string place(int thread) const = 0;
};

struct Counts {
  std::uint64_t launches = 0, blocks = 0, threads = 0, switches = 0, accesses = 0;
};
Counts& counts();

}  // namespace aiops::simt
