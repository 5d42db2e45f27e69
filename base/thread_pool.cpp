// SPDX-License-Identifier: Apache-2.0
// Workers spin for a moment between jobs, because a training step hands out hundreds of jobs of
// tens of microseconds and a futex wake-up costs about as much as such a job; then they park, so
// that an idle pool costs nothing and a busy neighbour on the machine is not fought for cores.
#include "base/thread_pool.hpp"

#include <sched.h>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace aiops {
namespace {

constexpr int kSpins = 2000;

std::size_t usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

}  // namespace

struct ThreadPool::State {
  const std::function<void(std::size_t)>* piece = nullptr;
  std::size_t count = 0;
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> busy{0};          // workers that have not finished the current job
  std::atomic<std::uint64_t> generation{0};  // one job, one number
  std::atomic<bool> stopping{false};
  std::mutex mutex;
  std::condition_variable wake;
  std::exception_ptr failure;
  std::vector<std::thread> workers;

  void work() {
    for (std::size_t i = next.fetch_add(1); i < count; i = next.fetch_add(1)) {
      try {
        (*piece)(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
    }
  }

  void serve() {
    std::uint64_t seen = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && generation.load() == seen && !stopping; ++spin) relax();
      if (generation.load() == seen) {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return generation.load() != seen || stopping; });
      }
      if (stopping) return;
      seen = generation.load();
      work();
      busy.fetch_sub(1);
    }
  }
};

ThreadPool::ThreadPool(std::size_t threads) : state_(std::make_unique<State>()) {
  if (threads == 0) threads = usable_cpus();
  for (std::size_t i = 1; i < threads; ++i)
    state_->workers.emplace_back([s = state_.get()] { s->serve(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (auto& worker : state_->workers) worker.join();
}

std::size_t ThreadPool::size() const { return state_->workers.size() + 1; }

void ThreadPool::run(std::size_t count, const std::function<void(std::size_t)>& piece) {
  State& s = *state_;
  if (count <= 1 || s.workers.empty()) {
    for (std::size_t i = 0; i < count; ++i) piece(i);
    return;
  }
  s.piece = &piece;
  s.count = count;
  s.next = 0;
  s.busy = s.workers.size();
  {
    const std::lock_guard lock(s.mutex);
    s.generation.fetch_add(1);
  }
  s.wake.notify_all();
  s.work();
  while (s.busy.load() != 0) relax();
  if (s.failure) std::rethrow_exception(std::exchange(s.failure, nullptr));
}

}  // namespace aiops
