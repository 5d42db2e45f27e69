// SPDX-License-Identifier: Apache-2.0
#include "bench/sampler.hpp"

#include "bench/perf_power.hpp"

#include <algorithm>
#include <cmath>
#include <ctime>
#include <limits>
#include <map>
#include <numeric>
#include <random>

namespace aiops::bench {
namespace {

constexpr const char* kPowercap = "/sys/class/powercap";
constexpr const char* kPowerPmu = "/sys/bus/event_source/devices/power";

struct Turn {
  StopRule rule;
  std::int64_t total_ns = 0;
  std::optional<StopReason> decided;
};

// Of the GPU that all cases run on, or of the CPU's packages where none runs on any. Where they run
// on several kinds, no one counter has the energy of all.
std::unique_ptr<EnergyCounters> energy_counters(std::span<const Case> cases) {
  const auto is_like_first = [&](const Case& each) { return each.gpu.name == cases[0].gpu.name; };
  if (!std::ranges::all_of(cases, is_like_first))
    return std::make_unique<GpuEnergy>([] { return kernels::device::Counters(); });
  if (!cases.empty() && cases[0].gpu) return std::make_unique<GpuEnergy>(cases[0].gpu.read);
  auto packages = std::make_unique<RaplCounters>(kPowercap);
  if (packages->any()) return packages;
  return std::make_unique<PerfPowerCounters>(kPowerPmu);
}

// One for each GPU that cases run on, by its name.
using GpuWatches = std::map<std::string, std::shared_ptr<GpuWatch>>;

std::shared_ptr<const GpuTrace> watch_of(const WatchedGpu& gpu, GpuWatches& watches) {
  auto& watch = watches[gpu.name];
  if (!watch) watch = std::make_shared<GpuWatch>(gpu.read);
  return {watch, &watch->trace()};
}

// One call alone, to know how many make a sample long enough.
std::int64_t calls_for(std::int64_t one_ns, std::int64_t shortest_ns) {
  if (one_ns >= shortest_ns) return 1;
  return std::min<std::int64_t>(shortest_ns / std::max<std::int64_t>(1, one_ns) + 1, 10'000'000);
}

std::int64_t timed(const Case& subject, std::int64_t calls) {
  if (subject.before) subject.before();
  const auto now = [&] { return subject.clock ? subject.clock() : sample_clock_ns(); };
  const std::int64_t start = now();
  for (std::int64_t i = 0; i < calls; ++i) subject.work();
  if (subject.finish) subject.finish();
  const std::int64_t taken = now() - start;
  if (subject.after) subject.after();
  return taken;
}

// Runs until the time is up, doubling the calls, so that pages, caches, clocks and lazily opened
// libraries are as they will be. The fastest round tells how long one call takes: by one that was
// interrupted, the same work would be batched in one run and not in the next.
void warm_up(const Case& subject, const SampleRule& rule, const StopFlag& stop, Samples& samples) {
  const std::int64_t shortest_ns = std::max(rule.shortest_ns, subject.shortest_ns);
  std::int64_t calls = 1;
  double one_ns = std::numeric_limits<double>::infinity();
  do {
    stop.check();
    const std::int64_t ns = timed(subject, calls);
    one_ns = std::min(one_ns, static_cast<double>(ns) / static_cast<double>(calls));
    samples.warm_up_ns += ns;
    samples.warm_up_calls += calls;
    if (ns < shortest_ns) calls *= 2;
  } while (samples.warm_up_ns < rule.warm_up_ns);
  samples.calls = calls_for(std::llround(std::ceil(one_ns)), shortest_ns);
  samples.are_queued = static_cast<bool>(subject.finish);
}

}  // namespace

const char* name_of(StopReason reason) {
  switch (reason) {
    case StopReason::converged:
      return "converged";
    case StopReason::stalled:
      return "stalled";
    case StopReason::timeout:
      return "timeout";
    case StopReason::count:
      return "count";
    case StopReason::failed:
      return "failed";
  }
  return "";
}

std::int64_t sample_clock_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_RAW, &now);
  return now.tv_sec * 1'000'000'000 + now.tv_nsec;
}

std::optional<StopReason> StopRule::decide(std::span<const std::int64_t> values,
                                           std::int64_t total_ns) {
  const std::size_t n = values.size();
  if (rule_.count) return n >= *rule_.count ? std::optional(StopReason::count) : std::nullopt;
  if (n >= rule_.max_samples) return StopReason::count;
  if (total_ns >= rule_.timeout_ns) return StopReason::timeout;
  if (n < rule_.min_samples || total_ns < rule_.min_ns || n < next_look_) return std::nullopt;
  next_look_ = n + std::max<std::size_t>(1, n / 10);
  const auto width = relative_half_width(summarise(values));
  if (!width) return std::nullopt;
  if (*width <= rule_.target) return StopReason::converged;
  return stalls(n, *width) ? std::optional(StopReason::stalled) : std::nullopt;
}

// Four times the samples should halve the interval. When they took less than a tenth off it, the
// noise is of the kind that does not average out.
bool StopRule::stalls(std::size_t n, double width) {
  history_.emplace_back(n, width);
  const auto earlier = std::find_if(history_.rbegin(), history_.rend(),
                                    [&](const auto& look) { return look.first * 4 <= n; });
  return earlier != history_.rend() && width > 0.9 * earlier->second;
}

void take_rounds(std::span<const Case> cases, const SampleRule& rule, const StopFlag& stop,
                 std::vector<Samples>& samples, const std::function<bool()>& ends) {
  samples.assign(cases.size(), {});
  for (std::size_t i = 0; i < cases.size(); ++i) {
    warm_up(cases[i], rule, stop, samples[i]);
    samples[i].values.reserve(4096);
  }
  std::vector<std::size_t> order(cases.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<std::int64_t> round(cases.size());
  std::mt19937_64 random(rule.seed);
  const auto watch = std::make_shared<ClockWatch>();
  GpuWatches gpus;
  EnergyMeter meter(cases.size(), energy_counters(cases), sample_clock_ns);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    samples[i].clock = {watch, &watch->trace()};
    if (cases[i].gpu) samples[i].gpu = watch_of(cases[i].gpu, gpus);
  }
  do {
    stop.check();
    std::shuffle(order.begin(), order.end(), random);
    for (const std::size_t i : order) {
      meter.before(i);
      round[i] = timed(cases[i], samples[i].calls);
      meter.after(i, round[i]);
    }
    for (std::size_t i = 0; i < cases.size(); ++i) samples[i].values.push_back(round[i]);
    if (!samples.empty()) watch->look(samples[0].values.size());
    for (const auto& [unused, gpu] : gpus) gpu->look(samples[0].values.size());
  } while (!ends());
  const auto energies = meter.finish();
  for (std::size_t i = 0; i < cases.size(); ++i) samples[i].energy = energies[i];
}

std::vector<Samples> take_samples(std::span<const Case> cases, const SampleRule& rule,
                                  const StopFlag& stop) {
  std::vector<Samples> samples;
  if (cases.empty()) return samples;
  const std::int64_t begin = sample_clock_ns();
  std::vector<Turn> turns(cases.size(), Turn{StopRule(rule), 0, std::nullopt});
  take_rounds(cases, rule, stop, samples, [&] {
    bool last = true;
    for (std::size_t i = 0; i < cases.size(); ++i) {
      turns[i].total_ns += samples[i].values.back();
      if (!turns[i].decided)
        turns[i].decided = turns[i].rule.decide(samples[i].values, turns[i].total_ns);
      last = last && (turns[i].decided || cases[i].decides == Case::Decides::no);
    }
    return last;
  });
  for (std::size_t i = 0; i < cases.size(); ++i) {
    samples[i].stop = turns[i].decided.value_or(StopReason::count);
    samples[i].wall_ns = sample_clock_ns() - begin;
  }
  return samples;
}

}  // namespace aiops::bench
