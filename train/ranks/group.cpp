// SPDX-License-Identifier: Apache-2.0
// A rank that waits spins for a moment, because the others are usually a few microseconds behind,
// and then sleeps on a futex; it wakes ten times a second to see whether the others still live. A
// pidfd tells that of a process even when its number has been given away again.
#include "train/ranks/group.hpp"

#include "base/relax.hpp"
#include "base/time.hpp"
#include "train/ranks/shared_header.hpp"

#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <ctime>
#include <thread>

namespace aiops::train {
namespace {

constexpr int kSpins = 4000;
constexpr long kGlanceNs = 100'000'000;  // between two looks at the others

void sleep_while(std::atomic<std::uint32_t>& word, std::uint32_t value) {
  const timespec most{0, kGlanceNs};
  ::syscall(SYS_futex, &word, FUTEX_WAIT, value, &most, nullptr, 0);
}

void wake(std::atomic<std::uint32_t>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

}  // namespace

Group::Group(std::shared_ptr<SharedRegion> region, int index, int first, double seconds)
    : region_(std::move(region)), index_(index), first_(first) {
  join(seconds);
}

std::string Group::name_of(std::size_t index) const {
  return "rank " + std::to_string(first_ + static_cast<int>(index));
}

void Group::join(double seconds) {
  auto& pids = region_->header().pids;
  pids[index()].store(::getpid());
  const double late = monotonic_seconds() + seconds;
  for (std::size_t other = 0; other < size(); ++other) {
    while (pids[other].load() == 0) {
      check();
      if (monotonic_seconds() > late)
        throw Error(ExitCode::failed, name_of(other) + " did not come within " +
                                          std::to_string(static_cast<int>(seconds)) + " seconds");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const pid_t pid = pids[other].load();
    processes_.emplace_back(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  }
  barrier();
}

bool Group::is_gone(std::size_t index) {
  if (index >= processes_.size()) return false;  // not known yet
  if (const int fd = processes_[index].get(); fd >= 0) {
    pollfd process{fd, POLLIN, 0};
    return ::poll(&process, 1, 0) == 1;
  }
  // A kernel before 5.3, or a rank that was gone before it was looked at.
  return ::kill(region_->header().pids[index].load(), 0) != 0 && errno == ESRCH;
}

void Group::tell(Error error) {
  told_ = true;
  throw error;
}

void Group::check() {
  auto failure = region_->failure();
  if (!failure) return;
  if (failure->rank > 0 && failure->error.code != ExitCode::stopped)
    failure->error.message =
        "rank " + std::to_string(failure->rank) + ": " + failure->error.message;
  tell(std::move(failure->error));
}

void Group::check_alive() {
  check();
  for (std::size_t other = 0; other < size(); ++other)
    if (is_gone(other)) {
      check();  // it may have said why
      tell(Error(ExitCode::failed, name_of(other) + " has gone without a word",
                 "run the same command again to go on from the last checkpoint"));
    }
}

void Group::barrier() {
  SharedHeader& header = region_->header();
  check();
  const std::uint32_t before = header.generation.load();
  if (header.arrived.fetch_add(1) + 1 == header.ranks) {
    header.arrived.store(0);
    header.generation.fetch_add(1);
    if (header.sleepers.load() != 0) wake(header.generation);
    return;
  }
  for (int spin = 0; spin < kSpins; ++spin) {
    if (header.generation.load(std::memory_order_acquire) != before) return;
    relax();
  }
  header.sleepers.fetch_add(1);
  const auto passed = [&] { return header.generation.load() != before; };
  while (!passed()) {
    sleep_while(header.generation, before);
    if (passed()) break;
    try {
      check_alive();
    } catch (...) {
      header.sleepers.fetch_sub(1);
      if (!passed()) throw;
      told_ = false;  // the last one came, and left, while this one looked
      return;
    }
  }
  header.sleepers.fetch_sub(1);
}

void Group::fail(int rank, const Error& why) noexcept {
  region_->fail(rank, why);
  wake(region_->header().generation);
}

}  // namespace aiops::train
