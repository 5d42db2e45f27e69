// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace aiops {

// Runs the pieces of one piece of work on several threads. What each piece computes must depend on
// its index alone, never on the thread that runs it: then results are the same bits for any number
// of threads.
class ThreadPool {
 public:
  // `threads` counts the caller; 0 means one per usable CPU (sched_getaffinity).
  explicit ThreadPool(std::size_t threads = 0);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::size_t size() const;

  // Calls piece(0) … piece(count - 1), each once, in no order, and returns when all are done. The
  // caller takes part. The first exception is rethrown here. Must not be called from inside a
  // piece.
  void run(std::size_t count, const std::function<void(std::size_t)>& piece);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace aiops
