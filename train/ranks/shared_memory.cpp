// SPDX-License-Identifier: Apache-2.0
// A sum over W ranks of an array of any length goes through three small buffers in turn, each with
// a place for every rank. In round t, between two barriers, a rank
//
//   copies its chunk t into its place of buffer t mod 3,
//   adds up, in the order of the ranks, its W-th part of chunk t - 1 over all places of that
//   buffer,
//     leaving the sums in the place of rank 0,
//   copies the sums of chunk t - 2 out over its own values.
//
// So there is one barrier a chunk, each value is added once on the host, memory does not grow with
// the array, and the buffers stay in the caches: the memory behind them sees each gradient read
// once and written once.
//
// A rank that waits spins for a moment, because the others are usually a few microseconds behind,
// and then sleeps on a futex; it wakes ten times a second to see whether the others still live. A
// pidfd tells that of a process even when its number has been given away again.
#include "train/ranks/shared_memory.hpp"

#include "base/time.hpp"
#include "train/ranks/shared_region.hpp"

#include <linux/futex.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>
#include <thread>

namespace aiops::train {
namespace {

constexpr int kSpins = 4000;
constexpr long kGlanceNs = 100'000'000;  // between two looks at the others

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

void sleep_while(std::atomic<std::uint32_t>& word, std::uint32_t value) {
  const timespec most{0, kGlanceNs};
  ::syscall(SYS_futex, &word, FUTEX_WAIT, value, &most, nullptr, 0);
}

void wake(std::atomic<std::uint32_t>& word) {
  ::syscall(SYS_futex, &word, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

// Walks over the parts of an array, chunk by chunk.
class Walker {
 public:
  explicit Walker(std::span<const std::span<float>> parts) : parts_(parts) {}

  // Calls piece(values, offset in the chunk) for the next `count` values.
  template <typename Piece>
  void next(std::size_t count, const Piece& piece) {
    for (std::size_t done = 0; done < count;) {
      while (at_ == parts_[part_].size()) {
        ++part_;
        at_ = 0;
      }
      const std::size_t size = std::min(count - done, parts_[part_].size() - at_);
      piece(parts_[part_].subspan(at_, size), done);
      at_ += size;
      done += size;
    }
  }

 private:
  std::span<const std::span<float>> parts_;
  std::size_t part_ = 0, at_ = 0;
};

void add_up(const SharedRegion& region, std::size_t buffer, std::size_t first, std::size_t last) {
  float* sums = region.buffer(buffer, 0);
  for (int rank = 1; rank < region.ranks(); ++rank) {
    const float* values = region.buffer(buffer, rank);
    for (std::size_t i = first; i < last; ++i) sums[i] += values[i];
  }
}

}  // namespace

SharedMemory::SharedMemory(std::shared_ptr<SharedRegion> region, int rank, double seconds)
    : region_(std::move(region)), rank_(rank) {
  join(seconds);
}

void SharedMemory::join(double seconds) {
  auto& pids = region_->header().pids;
  pids[static_cast<std::size_t>(rank_)].store(::getpid());
  const double late = monotonic_seconds() + seconds;
  for (int other = 0; other < size(); ++other) {
    while (pids[static_cast<std::size_t>(other)].load() == 0) {
      check();
      if (monotonic_seconds() > late)
        throw Error(ExitCode::failed, "rank " + std::to_string(other) + " of " +
                                          std::to_string(size()) + " did not come within " +
                                          std::to_string(static_cast<int>(seconds)) + " seconds");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const pid_t pid = pids[static_cast<std::size_t>(other)].load();
    processes_.emplace_back(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
  }
  barrier();
}

bool SharedMemory::is_gone(int rank) {
  const auto place = static_cast<std::size_t>(rank);
  if (place >= processes_.size()) return false;  // not known yet
  if (const int fd = processes_[place].get(); fd >= 0) {
    pollfd process{fd, POLLIN, 0};
    return ::poll(&process, 1, 0) == 1;
  }
  // A kernel before 5.3, or a rank that was gone before it was looked at.
  return ::kill(region_->header().pids[place].load(), 0) != 0 && errno == ESRCH;
}

void SharedMemory::tell(Error error) {
  told_ = true;
  throw error;
}

void SharedMemory::check() {
  auto failure = region_->failure();
  if (!failure) return;
  if (failure->rank > 0)
    failure->error.message =
        "rank " + std::to_string(failure->rank) + ": " + failure->error.message;
  tell(std::move(failure->error));
}

void SharedMemory::check_alive() {
  check();
  for (int other = 0; other < size(); ++other)
    if (is_gone(other)) {
      check();  // it may have said why
      tell(Error(ExitCode::failed, "rank " + std::to_string(other) + " has gone without a word",
                 "run the same command again to go on from the last checkpoint"));
    }
}

void SharedMemory::barrier() {
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

void SharedMemory::sum(std::span<const std::span<float>> parts) {
  std::size_t length = 0;
  for (const auto& part : parts) length += part.size();
  const std::size_t chunks = (length + kChunk - 1) / kChunk;
  const auto size_of = [&](std::size_t chunk) { return std::min(kChunk, length - chunk * kChunk); };
  const auto share = [&](std::size_t chunk, int rank) {
    return size_of(chunk) * static_cast<std::size_t>(rank) / static_cast<std::size_t>(size());
  };
  Walker in(parts), out(parts);
  for (std::size_t round = 0; chunks > 0 && round < chunks + 2; ++round) {
    if (round < chunks)
      in.next(size_of(round), [&](std::span<float> values, std::size_t at) {
        std::memcpy(region_->buffer(round % kBuffers, rank_) + at, values.data(),
                    values.size_bytes());
      });
    if (round >= 1 && round - 1 < chunks)
      add_up(*region_, (round - 1) % kBuffers, share(round - 1, rank_),
             share(round - 1, rank_ + 1));
    if (round >= 2)
      out.next(size_of(round - 2), [&](std::span<float> values, std::size_t at) {
        std::memcpy(values.data(), region_->buffer((round - 2) % kBuffers, 0) + at,
                    values.size_bytes());
      });
    barrier();
  }
}

void SharedMemory::sum(std::span<double> values) {
  auto& few = region_->header().few[calls_++ % 2];
  std::ranges::copy(values.first(std::min(values.size(), kFew)),
                    few[static_cast<std::size_t>(rank_)].begin());
  barrier();
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = few[0][i];
    for (std::size_t rank = 1; rank < static_cast<std::size_t>(size()); ++rank)
      values[i] += few[rank][i];
  }
}

void SharedMemory::broadcast(std::span<std::byte> bytes) {
  constexpr std::size_t chunk = kChunk * sizeof(float);
  for (std::size_t done = 0; done < bytes.size(); done += chunk) {
    const auto part = bytes.subspan(done, std::min(chunk, bytes.size() - done));
    if (leads()) std::memcpy(region_->buffer(0, 0), part.data(), part.size());
    barrier();
    if (!leads()) std::memcpy(part.data(), region_->buffer(0, 0), part.size());
    barrier();
  }
}

void SharedMemory::abort(const Error& why) noexcept {
  if (told_) return;
  region_->fail(rank_, why);
  wake(region_->header().generation);
}

}  // namespace aiops::train
