// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

namespace aiops::bench {

// The clock of the core that we are on, in GHz, by a chain of so many dependent multiplications;
// 0 where we know none that tells it.
double clock_ghz(std::int64_t links);

// Some ten microseconds of it, twice: the faster one was not interrupted.
std::int64_t read_clock_mhz();

struct ClockSlice {
  std::int64_t at_ns = 0;    // since sampling began
  std::uint64_t rounds = 0;  // of samples that were complete
  std::int64_t mhz = 0;
};
using ClockTrace = std::vector<ClockSlice>;  // in order of time

// Looks at the clock between rounds of samples, rarely enough: slices take at most half a percent
// of the time, however slow the clock is, and there are at most kMostSlices of them, spread over
// the whole of a run that lasts.
class ClockWatch {
 public:
  static constexpr std::size_t kMostSlices = 512;
  using Read = std::function<std::int64_t()>;  // MHz; 0: not known
  using Now = std::function<std::int64_t()>;   // nanoseconds

  ClockWatch();
  ClockWatch(Read read, Now now);

  // After so many complete rounds. Mostly does nothing.
  void look(std::uint64_t rounds);
  const ClockTrace& trace() const { return trace_; }

 private:
  void thin_out();

  Read read_;
  Now now_;
  std::int64_t begin_ns_;
  std::int64_t every_ns_;
  std::int64_t due_ns_;
  std::int64_t cheapest_ns_;
  ClockTrace trace_;
};

}  // namespace aiops::bench
