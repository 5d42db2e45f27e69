// SPDX-License-Identifier: Apache-2.0
// Several connections fill one file. What is missing is a queue of gaps; each worker takes a piece
// from its front, asks for it, and writes it where it belongs. Pieces shrink with what is left (a
// third of an even share, 4 to 32 MiB), so that all workers end at about the same time, and they
// are given out from the front, so that the hash, which must go in order, stays close behind the
// writers: what the calling thread reads back for it is still in the page cache.
//
// The calling thread conducts: it hashes, hires idle jobs, and watches for stragglers. One
// connection in ten to a busy store is a slow one, and the last of them decides when the blob is
// there. So each second the workers' rates are compared; one that for three seconds in a row moved
// less than a quarter of the median of the others gives its connection up and goes on over a new
// one, at most twice a piece and sixteen times a blob. A worker that is alone is held against what
// was typical before. When all are slow nobody is a straggler.
//
// A helper that the server turns away (many limit connections) puts its piece back and ends; the
// blob fails only when the last worker does.
#include "pack/parts.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <list>
#include <thread>

namespace aiops::pack {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::uint64_t kLeastPiece = 4 << 20;
constexpr std::uint64_t kLargestPiece = 32 << 20;
constexpr std::uint64_t kHashAtOnce = 32 << 20;  // between two looks at the workers
constexpr auto kTick = 1s;
constexpr int kSlowTicks = 3;
constexpr double kStraggling = 0.25;  // of the median of the others
constexpr int kReplacementsOfAPiece = 2;
constexpr int kReplacementsOfABlob = 16;

struct Worker {
  explicit Worker(std::optional<JobSlots::Lease> paid_by) : lease(std::move(paid_by)) {}

  std::optional<JobSlots::Lease> lease;  // none: the caller's own job
  std::atomic<bool> abandon{false};
  // Guarded by the mutex of PartedFetch.
  bool active = true;
  std::uint64_t moved = 0;
  int replaced = 0;  // of the piece in hand
  // The conductor's alone.
  std::uint64_t moved_before = 0;
  double rate = 0;
  int slow_ticks = 0;
  std::jthread thread;  // last: it uses the members above
};

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

class PartedFetch {
 public:
  PartedFetch(Partial& partial, const Blob& blob, const Moved& moved)
      : partial_(partial), blob_(blob), moved_(moved), gaps_(partial.missing()) {}
  ~PartedFetch() { abandon_all(); }
  PartedFetch(const PartedFetch&) = delete;
  PartedFetch& operator=(const PartedFetch&) = delete;

  void run(JobSlots::Lease helper) {
    hire(std::nullopt);
    hire(std::move(helper));
    do {
      while (conduct()) {
      }
    } while (can_go_on_alone());
    if (failure_ && (fatal_ || has_gaps())) std::rethrow_exception(failure_);
  }

 private:
  // One round of the calling thread; false when there is nothing left to do.
  bool conduct() {
    hire_idle_jobs();
    if (Clock::now() - ticked_ >= kTick) tick();
    if (partial_.follow(kHashAtOnce) > 0) return !fatal_;
    std::unique_lock lock(mutex_);
    if (fatal_ || (active_ == 0 && !changed_)) return false;
    news_.wait_for(lock, 100ms, [this] { return changed_; });
    changed_ = false;
    return true;
  }

  // A worker that ended well before another gave its piece back shows that the server still
  // answers.
  bool can_go_on_alone() {
    if (fatal_ || refused_ || !failure_ || ended_well_ == 0 || !has_gaps()) return false;
    ended_well_ = 0;
    failure_ = nullptr;
    hire(std::nullopt);
    return true;
  }

  void hire(std::optional<JobSlots::Lease> lease) {
    Worker& worker = workers_.emplace_back(std::move(lease));
    {
      const std::lock_guard lock(mutex_);
      ++active_;
    }
    worker.thread = std::jthread([this, &worker] { work(worker); });
  }

  void hire_idle_jobs() {
    while (has_gaps() && !turned_away_) {
      auto lease = blob_.idle_jobs->try_take();
      if (!lease) return;
      hire(std::move(lease));
    }
  }

  bool has_gaps() {
    const std::lock_guard lock(mutex_);
    return !gaps_.empty();
  }

  Gap take_piece(Worker& worker) {
    const std::lock_guard lock(mutex_);
    worker.replaced = 0;
    if (gaps_.empty() || fatal_ || refused_) return {};
    std::uint64_t missing = 0;
    for (const auto& gap : gaps_) missing += gap.size();
    const std::uint64_t share =
        std::clamp(missing / (3 * std::max<std::size_t>(active_, 1)), kLeastPiece, kLargestPiece);
    // Pieces end where segments do, so that no two workers write into one.
    const std::uint64_t segment = partial_.segment_size();
    Gap& gap = gaps_.front();
    const std::uint64_t end = (gap.begin + share + segment - 1) / segment * segment;
    const Gap piece{gap.begin, std::min(end, gap.end)};
    gap.begin = piece.end;
    if (gap.size() == 0) gaps_.erase(gaps_.begin());
    return piece;
  }

  void put_back(const Gap& rest) {
    const std::lock_guard lock(mutex_);
    const auto place = std::find_if(gaps_.begin(), gaps_.end(),
                                    [&](const Gap& gap) { return gap.begin > rest.begin; });
    if (rest.size() > 0) gaps_.insert(place, rest);
  }

  void work(Worker& worker) {
    try {
      for (Gap piece = take_piece(worker); piece.size() > 0; piece = take_piece(worker)) {
        try {
          fetch_piece(worker, piece);
        } catch (...) {
          put_back(piece);
          throw;
        }
      }
      end(worker);
    } catch (const Parts::Refused&) {
      const std::lock_guard lock(mutex_);
      refused_ = turned_away_ = true;  // the caller goes on with one stream
      end_locked(worker);
    } catch (const Error& error) {
      fail(worker, error.code != ExitCode::unavailable);
    } catch (...) {
      fail(worker, true);
    }
  }

  // `piece` shrinks from its front as it arrives.
  void fetch_piece(Worker& worker, Gap& piece) {
    while (piece.size() > 0) {
      worker.abandon = fatal_.load();
      try {
        blob_.parts->fetch(
            piece.begin, piece.size(),
            [&](std::span<const std::byte> bytes) { take(worker, piece, bytes); },
            [&worker] { return worker.abandon.load(); });
        if (piece.size() > 0)
          throw Error(ExitCode::unavailable, blob_name(blob_.descriptor) + ": a part was short");
      } catch (const Parts::Abandoned&) {
        if (fatal_) return;
      }
    }
  }

  void take(Worker& worker, Gap& piece, std::span<const std::byte> bytes) {
    if (bytes.size() > piece.size())
      throw verification_error(Reason::digest_mismatch,
                               blob_name(blob_.descriptor) + ": a part is longer than asked for");
    partial_.put(piece.begin, bytes);
    piece.begin += bytes.size();
    const std::lock_guard lock(mutex_);
    worker.moved += bytes.size();
    if (moved_) moved_(bytes.size());
    changed_ = true;
    news_.notify_one();
  }

  void end(Worker& worker) {
    const std::lock_guard lock(mutex_);
    ++ended_well_;
    end_locked(worker);
  }

  void end_locked(Worker& worker) {
    worker.active = false;
    worker.lease.reset();
    --active_;
    changed_ = true;
    news_.notify_one();
  }

  // Keeps the failure that is to be told: the first fatal one, else the last.
  void fail(Worker& worker, bool fatal) {
    const std::lock_guard lock(mutex_);
    turned_away_ = true;
    if (!fatal_) failure_ = std::current_exception();
    fatal_ = fatal_ || fatal;
    end_locked(worker);
  }

  void abandon_all() {
    fatal_ = true;
    for (auto& worker : workers_) worker.abandon = true;
  }

  // Compares the workers over the last second.
  void tick() {
    const auto now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - ticked_).count();
    ticked_ = now;
    const std::lock_guard lock(mutex_);
    std::vector<Worker*> active;
    for (auto& worker : workers_) {
      worker.rate = static_cast<double>(worker.moved - worker.moved_before) / seconds;
      worker.moved_before = worker.moved;
      if (worker.active) active.push_back(&worker);
    }
    for (auto* worker : active) judge(*worker, typical_without(*worker, active));
    if (active.size() > 1) typical_ = typical_without(workers_.front(), active);
  }

  double typical_without(const Worker& one, const std::vector<Worker*>& active) const {
    std::vector<double> rates;
    for (const auto* worker : active)
      if (worker != &one) rates.push_back(worker->rate);
    return rates.empty() ? typical_ : median(std::move(rates));
  }

  void judge(Worker& worker, double typical) {
    const bool slow = worker.rate < kStraggling * typical;
    worker.slow_ticks = slow ? worker.slow_ticks + 1 : 0;
    if (worker.slow_ticks < kSlowTicks || worker.replaced >= kReplacementsOfAPiece ||
        replaced_ >= kReplacementsOfABlob)
      return;
    worker.slow_ticks = 0;
    ++worker.replaced;
    ++replaced_;
    worker.abandon = true;
  }

  Partial& partial_;
  const Blob& blob_;
  const Moved& moved_;
  Clock::time_point ticked_ = Clock::now();
  double typical_ = 0;
  int replaced_ = 0;

  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<Gap> gaps_;  // that nobody has taken, in order
  std::size_t active_ = 0;
  std::size_t ended_well_ = 0;
  bool changed_ = false;
  std::exception_ptr failure_;
  std::atomic<bool> fatal_{false};
  std::atomic<bool> turned_away_{false};  // no further helpers
  std::atomic<bool> refused_{false};      // no further parts
  std::list<Worker> workers_;             // last: their threads use the members above
};

}  // namespace

void fetch_parts(Partial& partial, const Blob& blob, const Moved& moved, JobSlots::Lease helper) {
  PartedFetch(partial, blob, moved).run(std::move(helper));
}

}  // namespace aiops::pack
