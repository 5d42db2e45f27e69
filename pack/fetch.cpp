// SPDX-License-Identifier: Apache-2.0
// How the bytes of a blob come in. The common way is one stream from the front, written and hashed
// as it arrives: one pass, nothing read back. A second connection to a place that already delivers
// as fast as this machine can hash only costs; but many stores give each connection a fixed rate,
// and there four connections are four times as fast.
//
// Which of the two it is, the stream itself tells. While it runs, the time spent waiting for bytes
// is measured, without the time that writing and hashing take here. When that rate, over at least
// half a second, is under 150 MB/s, when at least 16 MiB are missing, when the place has shown that
// it sends parts (D3: never an unasked Range), and when a job of this command has nothing to do,
// the stream is broken off and the rest is fetched in parts (pack/parts.hpp). Breaking it off costs
// what is in flight on a slow link, which is little, and happens once a blob.
#include "pack/fetch.hpp"

#include "base/error.hpp"
#include "pack/job_slots.hpp"
#include "pack/parts.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace aiops::pack {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kWorthParts = 16 << 20;

// The rate at which a source delivers while it is waited for.
class Pace {
 public:
  static constexpr double kSlow = 150e6;  // bytes a second
  static constexpr double kWindow = 0.5;  // seconds of waiting

  void arrived(std::size_t bytes) {
    waited_ += std::chrono::duration<double>(Clock::now() - since_).count();
    bytes_ += bytes;
  }
  void await() { since_ = Clock::now(); }
  // Whether the window that has just ended was slow.
  bool is_slow() {
    if (waited_ < kWindow) {
      if (static_cast<double>(bytes_) > kWindow * kSlow) bytes_ = 0, waited_ = 0;
      return false;
    }
    const bool slow = static_cast<double>(bytes_) < waited_ * kSlow;
    bytes_ = 0;
    waited_ = 0;
    return slow;
  }

 private:
  Clock::time_point since_ = Clock::now();
  double waited_ = 0;
  std::uint64_t bytes_ = 0;
};

struct InParts {};  // breaks a stream off

class Fetch {
 public:
  Fetch(Partial& partial, const Blob& blob, const Moved& moved)
      : partial_(partial), blob_(blob), moved_(moved) {}

  void run() {
    if (partial_.is_full()) return;
    partial_.reserve();
    while (!partial_.is_full()) {
      const Gap gap = partial_.missing().front();
      stream(gap);
      if (helper_) fetch_parts(partial_, blob_, moved_, std::move(*helper_));
      helper_.reset();
      partial_.follow();
    }
  }

 private:
  // From hashed() on, to the end of the gap at least unless it becomes worth going on in parts.
  void stream(const Gap& gap) {
    const Sink sink = [this](std::span<const std::byte> bytes) { take(bytes); };
    pace_.await();
    try {
      if (blob_.parts && gap.end < blob_.descriptor.size && !refused_)
        blob_.parts->fetch(gap.begin, gap.size(), sink, [] { return false; });
      else
        blob_.stream(gap.begin, sink);
    } catch (const InParts&) {
      return;
    } catch (const Parts::Refused&) {
      refused_ = true;
      return;
    }
    if (partial_.hashed() < gap.end) ended_early();
  }

  [[noreturn]] void ended_early() const {
    const std::string what = blob_name(blob_.descriptor);
    if (blob_.read_at)  // a file here: nothing else will come
      throw verification_error(Reason::digest_mismatch,
                               what + " is shorter than its descriptor says");
    throw Error(ExitCode::unavailable,
                what + ": its source ended after " + std::to_string(partial_.hashed()) + " of " +
                    std::to_string(blob_.descriptor.size) + " bytes",
                "run the command again: it continues from there");
  }

  void take(std::span<const std::byte> bytes) {
    pace_.arrived(bytes.size());
    partial_.append(bytes);
    if (moved_) moved_(bytes.size());
    if (pace_.is_slow() && profits()) throw InParts();
    pace_.await();
  }

  // Whether parts are to be had and worth it; if so, the first helper is hired.
  bool profits() {
    if (!blob_.parts || !blob_.idle_jobs || refused_ || !blob_.parts->offered()) return false;
    if (blob_.descriptor.size - partial_.hashed() < kWorthParts) return false;
    auto lease = blob_.idle_jobs->try_take();
    if (lease) helper_.emplace(std::move(*lease));
    return helper_.has_value();
  }

  Partial& partial_;
  const Blob& blob_;
  const Moved& moved_;
  Pace pace_;
  bool refused_ = false;
  std::optional<JobSlots::Lease> helper_;
};

void fetch(Partial& partial, const Blob& blob, const Moved& moved) {
  try {
    Fetch(partial, blob, moved).run();
  } catch (const Error& error) {
    if (error.code == ExitCode::unverified)
      partial.discard();
    else
      partial.checkpoint();
    throw;
  }
}

}  // namespace

void complete(Partial& partial, const Blob& blob, const Moved& moved) {
  const bool earlier = partial.holds_earlier_bytes();
  fetch(partial, blob, moved);
  if (partial.is_right()) return;
  // The bytes that were lying there were wrong: once more, from the first one. Or those that came
  // were, and another place may have better ones.
  for (bool again = earlier; again || (blob.elsewhere && blob.elsewhere()); again = false) {
    partial.restart();
    fetch(partial, blob, moved);
    if (partial.is_right()) return;
  }
  partial.discard();
  throw verification_error(
      Reason::digest_mismatch,
      blob_name(blob.descriptor) + (blob.read_at
                                        ? " does not match its digest"
                                        : ": the bytes that arrived do not match this digest"));
}

}  // namespace aiops::pack
