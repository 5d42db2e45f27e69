// SPDX-License-Identifier: Apache-2.0
#include "bench/clock_watch.hpp"

#include "bench/sampler.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace aiops::bench {
namespace {

// A machine on which nothing takes time but samples and slices.
struct Machine {
  std::int64_t now = 1'000;
  std::int64_t slice_ns = 20'000;
  std::int64_t mhz = 3'700;
  std::size_t slices = 0;
  ClockWatch watch{[this] { return read(); }, [this] { return now; }};

  std::int64_t read() {
    ++slices;
    now += slice_ns;
    return mhz;
  }
  void rounds(std::uint64_t count, std::int64_t round_ns) {
    for (std::uint64_t round = 1; round <= count; ++round) {
      now += round_ns;
      watch.look(round);
    }
  }
  double share(std::int64_t measured_ns) const {
    return static_cast<double>(slices) * static_cast<double>(slice_ns) /
           static_cast<double>(measured_ns);
  }
};

TEST(ClockWatch, SlicesTakeLessThanAHundredthOfTheSamples) {
  for (const std::int64_t slice_ns : {20'000, 100'000, 1'000'000})  // the last is a clock of 70 MHz
    for (const std::int64_t round_ns : {1'000'000, 3'000'000, 50'000'000}) {
      Machine machine;
      machine.slice_ns = slice_ns;
      machine.rounds(10'000, round_ns);
      EXPECT_GT(machine.slices, 10u);
      EXPECT_LT(machine.share(10'000 * round_ns), 0.01) << slice_ns << " " << round_ns;
    }
}

TEST(ClockWatch, ALongRunHasAsManySlicesAsAnyAndAllOfItIsSeen) {
  Machine machine;
  machine.rounds(1'000'000, 1'000'000);
  const ClockTrace& trace = machine.watch.trace();
  ASSERT_GT(trace.size(), ClockWatch::kMostSlices / 4);
  ASSERT_LT(trace.size(), ClockWatch::kMostSlices);
  std::int64_t widest = 0, narrowest = INT64_MAX;
  for (std::size_t i = 1; i < trace.size(); ++i) {
    widest = std::max(widest, trace[i].at_ns - trace[i - 1].at_ns);
    narrowest = std::min(narrowest, trace[i].at_ns - trace[i - 1].at_ns);
  }
  EXPECT_LE(widest, 2 * narrowest + 2'000'000);
  EXPECT_EQ(trace.front().rounds, 1u);
  EXPECT_GT(trace.back().rounds, 990'000u);
  EXPECT_LT(machine.slices, 10'000u);
}

TEST(ClockWatch, ASliceSaysWhenItWasTakenAndWhatItSaw) {
  Machine machine;
  machine.rounds(1, 6'000'000);
  machine.mhz = 3'000;
  machine.rounds(1, 6'000'000);
  ASSERT_EQ(machine.watch.trace().size(), 2u);
  EXPECT_EQ(machine.watch.trace()[0].at_ns, 6'000'000);
  EXPECT_EQ(machine.watch.trace()[1].at_ns, 12'020'000);
  EXPECT_EQ(machine.watch.trace()[1].mhz, 3'000);
}

TEST(ClockWatch, AMachineWithoutSuchAClockIsAskedOnce) {
  Machine machine;
  machine.mhz = 0;
  machine.rounds(1'000, 6'000'000);
  EXPECT_EQ(machine.slices, 1u);
  EXPECT_TRUE(machine.watch.trace().empty());
}

TEST(ClockWatch, ThisMachinesClockIsOne) {
#if defined(__x86_64__)
  EXPECT_GT(clock_ghz(200'000), 0.01);  // also of a core that was taken away meanwhile
  EXPECT_LT(clock_ghz(200'000), 10);
  EXPECT_GT(read_clock_mhz(), 10);
#else
  EXPECT_EQ(read_clock_mhz(), 0);
#endif
}

TEST(ClockWatch, SamplersLookBetweenRounds) {
  SampleRule rule;
  rule.count = 5;
  rule.warm_up_ns = 0;
  rule.shortest_ns = 0;
  const std::vector<Case> cases = {{[] {}}, {[] {}}};
  const auto samples = take_samples(cases, rule, StopFlag());
  ASSERT_TRUE(samples[0].clock);
  EXPECT_EQ(samples[0].clock, samples[1].clock);
#if defined(__x86_64__)
  ASSERT_FALSE(samples[0].clock->empty());
  EXPECT_EQ(samples[0].clock->front().rounds, 1u);
#endif
}

}  // namespace
}  // namespace aiops::bench
