// SPDX-License-Identifier: Apache-2.0
// A clock without performance counters and without root: a chain of dependent integer
// multiplications takes three cycles a link on every x86-64 core of the last ten years.
#include "bench/clock_watch.hpp"

#include "bench/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace aiops::bench {
namespace {

constexpr std::int64_t kLinksOfLook = 12'000;  // 9 µs at 4 GHz, and the timer is good to 20 ns
constexpr std::int64_t kSliceEvery_ns = 5'000'000;  // more would say nothing more
constexpr std::int64_t kSlicesToTime = 200;         // half a percent

}  // namespace

double clock_ghz([[maybe_unused]] std::int64_t links) {
#if defined(__x86_64__)
  constexpr std::int64_t kLinksOfRound = 20;
  constexpr double kCyclesPerLink = 3;
  std::uint64_t x = 3;
  const std::int64_t start = sample_clock_ns();
  for (std::int64_t i = 0; i < links / kLinksOfRound; ++i)
    __asm__ volatile(".rept 20\n imul %0,%0\n .endr\n" : "+r"(x));
  return static_cast<double>(links) * kCyclesPerLink /
         static_cast<double>(std::max<std::int64_t>(1, sample_clock_ns() - start));
#else
  return 0;
#endif
}

std::int64_t read_clock_mhz() {
  return std::llround(1000 * std::max(clock_ghz(kLinksOfLook), clock_ghz(kLinksOfLook)));
}

ClockWatch::ClockWatch() : ClockWatch(read_clock_mhz, sample_clock_ns) {}

ClockWatch::ClockWatch(Read read, Now now)
    : read_(std::move(read)),
      now_(std::move(now)),
      begin_ns_(now_()),
      every_ns_(kSliceEvery_ns),
      due_ns_(begin_ns_),
      cheapest_ns_(std::numeric_limits<std::int64_t>::max()) {}

void ClockWatch::look(std::uint64_t rounds) {
  const std::int64_t before = now_();
  if (before < due_ns_) return;
  const std::int64_t mhz = read_();
  if (mhz <= 0) {
    due_ns_ = std::numeric_limits<std::int64_t>::max();
    return;
  }
  trace_.push_back({before - begin_ns_, rounds, mhz});
  if (trace_.size() == kMostSlices) thin_out();
  const std::int64_t after = now_();
  // A slice that was interrupted cost the machine's time and not ours.
  cheapest_ns_ = std::min(cheapest_ns_, after - before);
  due_ns_ = after + std::max(every_ns_, kSlicesToTime * cheapest_ns_);
}

void ClockWatch::thin_out() {
  for (std::size_t i = 0; 2 * i < trace_.size(); ++i) trace_[i] = trace_[2 * i];
  trace_.resize((trace_.size() + 1) / 2);
  every_ns_ *= 2;
}

}  // namespace aiops::bench
