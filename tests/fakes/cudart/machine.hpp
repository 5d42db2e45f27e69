// SPDX-License-Identifier: Apache-2.0
// The one state behind the runtime's functions.
#pragma once

#include "tests/fakes/cudart/memory.hpp"
#include "tests/fakes/cudart/scheduler.hpp"

#include <mutex>
#include <set>

namespace aiops::fakes {

// What an event is: the last mark that was recorded.
struct Event {
  std::shared_ptr<Mark> mark;
};

// What a graph is, before and after it is instantiated.
struct Recording {
  std::vector<Work> works;
};

struct Machine {
  Machine();

  int driver = 13000, devices = 1, first = 0, major = 9, minor = 0;
  Arena arena;
  PinnedMemory pinned;
  Scheduler scheduler;
  std::set<const void*> live;  // events and graphs
  std::vector<std::string> complaints, history;
  GraphCount graphs;
  cudaError_t pending = cudaSuccess;  // of work that went wrong; every call gives it
  cudaError_t last = cudaSuccess;     // what cudaGetLastError gives
  bool running = false;               // a piece of work

  void run(const Work& work);
  // How a call that breaks a rule ends.
  cudaError_t refuse(const std::string& what);
  // Nothing, when the stream may be used; else how the call ends.
  std::optional<cudaError_t> unusable(cudaStream_t stream, const char* call);
};

// Locked while it lives. Work runs with the lock held.
class Locked {
 public:
  Locked();
  Machine* operator->() const { return &machine_; }
  Machine& operator*() const { return machine_; }

 private:
  Machine& machine_;
  std::unique_lock<std::recursive_mutex> lock_;
};

inline Queue* queue_of(cudaStream_t stream) { return reinterpret_cast<Queue*>(stream); }

// Makes the executor of kernels queue here what it is to run.
void take_kernels();

// Ends a call: what it gives, unless work before it went wrong.
cudaError_t end_call(Machine& machine, cudaError_t status);

}  // namespace aiops::fakes
