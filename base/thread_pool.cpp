// SPDX-License-Identifier: Apache-2.0
// Workers spin for a moment between jobs, because a training step hands out hundreds of jobs of
// tens of microseconds and a futex wake-up costs about as much as such a job; then they park, so
// that an idle pool costs nothing and a busy neighbour on the machine is not fought for cores.
//
// The caller never waits for a worker that has not begun: on a busy machine a worker may get no
// core for milliseconds, and by then the caller has done the whole job alone. So a piece is claimed
// from a ticket that holds the number of the job and the next piece in one word, and a worker that
// comes late finds the number changed. Only pieces in progress are waited for.
//
// A job takes the lock only to wake who is parked. Either the caller sees that a worker has parked,
// or the worker, which says so before it looks at the ticket a last time, sees the new job.
#include "base/thread_pool.hpp"

#include "base/relax.hpp"

#include <sched.h>

#include <algorithm>
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
constexpr std::uint64_t kClosed = 0xFFFFFFFF;  // a next piece that no job has
constexpr std::size_t kMostPieces = 0xFFFF0000;

std::size_t usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(CPU_COUNT(&set));
}

}  // namespace

struct ThreadPool::State {
  using Piece = std::function<void(std::size_t)>;

  std::atomic<std::uint64_t> ticket{0};  // upper half: number of the job, lower: next piece
  std::atomic<const Piece*> piece{nullptr};
  std::atomic<std::size_t> count{0};
  std::atomic<std::size_t> done{0};
  std::atomic<bool> stopping{false};
  std::atomic<std::size_t> parked{0};
  std::mutex mutex;
  std::condition_variable wake;
  std::exception_ptr failure;
  std::vector<std::thread> workers;

  std::uint32_t job() const { return static_cast<std::uint32_t>(ticket.load() >> 32U); }

  // Does pieces of job `number` until none is left to claim.
  void work(std::uint32_t number) {
    for (;;) {
      std::uint64_t mine = ticket.load();
      // Once the claim below succeeds, the job was `number` all along, and these are its own.
      const Piece* const call = piece.load();
      const auto index = static_cast<std::size_t>(mine & kClosed);
      if (mine >> 32U != number || index >= count.load()) return;
      if (!ticket.compare_exchange_weak(mine, mine + 1)) continue;
      try {
        (*call)(index);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
      }
      done.fetch_add(1);
    }
  }

  void serve() {
    std::uint32_t seen = 0;
    for (;;) {
      for (int spin = 0; spin < kSpins && job() == seen && !stopping; ++spin) relax();
      if (job() == seen) {
        std::unique_lock lock(mutex);
        parked.fetch_add(1);
        wake.wait(lock, [&] { return job() != seen || stopping; });
        parked.fetch_sub(1);
      }
      if (stopping) return;
      seen = job();
      work(seen);
    }
  }

  void run(std::size_t pieces, const Piece& call) {
    const std::uint32_t number = job() + 1;
    // Closed first: a late worker must not read the new count beside the old ticket.
    ticket.fetch_or(kClosed);
    piece = &call;
    count = pieces;
    done = 0;
    ticket = std::uint64_t{number} << 32U;
    if (parked.load() > 0) {
      { const std::lock_guard lock(mutex); }  // whoever said so is waiting now
      wake.notify_all();
    }
    work(number);
    for (int spin = 0; done.load() != pieces; ++spin)
      spin < kSpins ? relax() : std::this_thread::yield();
    if (failure) std::rethrow_exception(std::exchange(failure, nullptr));
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
  if (count <= 1 || state_->workers.empty()) {
    for (std::size_t i = 0; i < count; ++i) piece(i);
    return;
  }
  for (std::size_t first = 0; first < count; first += kMostPieces) {
    const std::size_t pieces = std::min(kMostPieces, count - first);
    if (first == 0)
      state_->run(pieces, piece);
    else
      state_->run(pieces, [&](std::size_t i) { piece(first + i); });
  }
}

}  // namespace aiops
