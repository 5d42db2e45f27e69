// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/stop.hpp"
#include "bench/clock_watch.hpp"
#include "bench/energy.hpp"
#include "bench/gpu_watch.hpp"
#include "bench/statistics.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace aiops::bench {

// When to stop taking samples. Times are nanoseconds of one case's samples.
struct SampleRule {
  std::optional<std::size_t> count;   // exactly so many, whatever they say
  std::size_t min_samples = 20;       // before which nothing is decided
  std::size_t max_samples = 100'000;  // bounds the record
  std::int64_t min_ns = 200'000'000;  // as above
  std::int64_t timeout_ns = 3'000'000'000;
  double target = 0.005;  // relative half width of the median's interval
  std::int64_t warm_up_ns = 50'000'000;
  std::int64_t shortest_ns = 500'000;  // a sample lasts at least so long: calls are batched below
  std::uint64_t seed = 1;              // of the order in which cases take turns
  // Where calls are meant to find their data: nothing makes it so, and no verdict passes if not.
  enum class Data { anywhere, cold };
  Data data = Data::anywhere;
};

enum class StopReason {
  converged,  // the interval is as narrow as asked for
  stalled,    // it no longer narrows: more samples would say the same
  timeout,    // the time is used up
  count,      // as many as asked for, or as a record may hold
  failed,     // the work failed or was stopped, and these are the samples from before
};
const char* name_of(StopReason reason);

// Decides, sample by sample, for one case. Looks when there are a tenth more samples than last
// time, so that deciding costs little.
class StopRule {
 public:
  explicit StopRule(const SampleRule& rule) : rule_(rule) {}
  // `values` are all samples so far, `total_ns` their sum.
  std::optional<StopReason> decide(std::span<const std::int64_t> values, std::int64_t total_ns);

 private:
  bool stalls(std::size_t n, double width);

  SampleRule rule_;
  std::size_t next_look_ = 0;
  std::vector<std::pair<std::size_t, double>> history_;  // n and width at each look
};

// One thing to measure. `work` is one call of it. A case that is not measured for its own sake
// (a ceiling beside what is below it) takes its turns but does not keep the others waiting.
struct Case {
  enum class Decides { yes, no };
  std::function<void()> work;
  std::function<void()> before = {};  // ahead of each sample, not timed
  Decides decides = Decides::yes;
  std::function<std::int64_t()> clock = {};  // in nanoseconds; without one, sample_clock_ns()
  std::function<void()> after = {};  // behind each sample, not timed: leaves the CPUs to the others
  // Behind the calls of a sample, and timed: where calls only queue work, waits for it.
  std::function<void()> finish = {};
  WatchedGpu gpu = {};           // that it runs on
  std::int64_t shortest_ns = 0;  // of a sample, where that is more than SampleRule says
};

struct Samples {
  std::vector<std::int64_t> values;  // nanoseconds a sample, in order of time
  std::int64_t calls = 1;            // of `work` in one sample
  bool are_queued = false;           // and waited for once, at its end
  std::int64_t warm_up_calls = 0;
  std::int64_t warm_up_ns = 0;
  StopReason stop = StopReason::count;
  std::int64_t wall_ns = 0;                      // of the whole group, harness included
  std::shared_ptr<const ClockTrace> clock = {};  // of the whole group, between its rounds
  std::shared_ptr<const GpuTrace> gpu = {};      // the same of the GPU that it ran on
  std::optional<Energy> energy = {};             // where a counter can be read, and says enough
};

// Rounds in which every case takes one sample, in an order drawn anew for each of them, so that
// what disturbs the machine disturbs all cases alike. After each round `ends` says whether it was
// the last. `samples` has whole rounds only, also when this throws: what `work` throws, and
// Error{interrupted} on a stop.
void take_rounds(std::span<const Case> cases, const SampleRule& rule, const StopFlag& stop,
                 std::vector<Samples>& samples, const std::function<bool()>& ends);

// Measures cases against each other, until the rule has decided for every case.
std::vector<Samples> take_samples(std::span<const Case> cases, const SampleRule& rule,
                                  const StopFlag& stop);

// CLOCK_MONOTONIC_RAW, which no clock discipline bends.
std::int64_t sample_clock_ns();

}  // namespace aiops::bench
