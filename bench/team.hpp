// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace aiops::bench {

// CPUs this process may run on (sched_getaffinity).
std::vector<int> usable_cpus();

// Threads that stay where they are: member i runs on the i-th usable CPU, and run(work) calls
// work(i) on member i, always the same. So memory that a member touched first is near it, and two
// members never share a core. Member 0 is the thread that made the Team; it is pinned until the
// last of its Teams ends. base/thread_pool.hpp, which hands pieces to whoever is free, promises
// none of that.
class Team {
 public:
  // Throws Error{usage} when there are fewer usable CPUs than members.
  explicit Team(std::size_t members);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  std::size_t size() const;
  // Returns when every member is done. `work` must not throw.
  void run(const std::function<void(std::size_t)>& work);
  // Gets members out of their sleep, ahead of a timed run.
  void wake();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aiops::bench
