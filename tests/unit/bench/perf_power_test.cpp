// SPDX-License-Identifier: Apache-2.0
#include "bench/perf_power.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace aiops::bench {
namespace {

// A power PMU of two packages, whose counters the test moves on.
struct PerfPowerTest : testing::Test {
  PerfPowerTest() {
    std::filesystem::create_directories(pmu / "events");
    put("type", "32");
    put("cpumask", "0,18");
    put("events/energy-pkg", "event=0x02");
    put("events/energy-pkg.scale", "2.3283064365386962890625e-10");
    put("events/energy-pkg.unit", "Joules");
  }
  ~PerfPowerTest() override { std::filesystem::remove_all(pmu); }

  void put(const std::string& file, const std::string& text) {
    std::ofstream(pmu / file) << text << '\n';
  }
  PerfPowerCounters counters() {
    return {pmu, [this](std::uint32_t type, std::uint64_t event, int cpu) {
              EXPECT_EQ(type, 32U);
              EXPECT_EQ(event, 2U);
              if (cpu == forbidden) return PerfPowerCounters::Read();
              return PerfPowerCounters::Read([this, cpu] { return counts[cpu]; });
            }};
  }

  std::filesystem::path pmu =
      std::filesystem::path(testing::TempDir()) / ("power-" + std::to_string(::getpid()));
  std::map<int, std::optional<std::uint64_t>> counts = {{0, 0}, {18, 0}};
  int forbidden = -1;
};

TEST_F(PerfPowerTest, CountsEveryPackageInJoules) {
  PerfPowerCounters packages = counters();
  EXPECT_EQ(packages.names(), (std::vector<std::string>{"package of CPU 0", "package of CPU 18"}));
  EXPECT_EQ(packages.source().name, "rapl");
  counts[0] = std::uint64_t{3} << 32;  // 2^-32 joules a count
  counts[18] = std::uint64_t{1} << 31;
  EXPECT_DOUBLE_EQ(packages.joules().value(), 3.5);
  put("cpumask", "0-1");
  counts[1] = 0;
  EXPECT_EQ(counters().names().back(), "package of CPU 1");
}

TEST_F(PerfPowerTest, WithoutEveryPackageThereIsNoEnergyAndNoError) {
  PerfPowerCounters packages = counters();
  counts[18] = std::nullopt;  // can no longer be read
  EXPECT_FALSE(packages.joules());
  EXPECT_FALSE(packages.any());
  forbidden = 18;
  EXPECT_FALSE(counters().any());
  EXPECT_FALSE(counters().joules());
  EXPECT_FALSE(PerfPowerCounters(pmu / "nothing").any());
  for (const auto& [file, good] : std::map<std::string, std::string>{
           {"type", "32"},
           {"cpumask", "0"},
           {"events/energy-pkg", "event=0x02"},
           {"events/energy-pkg.scale", "2.3283064365386962890625e-10"},
           {"events/energy-pkg.unit", "Joules"}}) {
    forbidden = -1;
    for (const char* text : {"", "x", "-1", "1-", "event=0x", "event=0x2,umask=0x1", "0x"}) {
      put(file, text);
      EXPECT_FALSE(counters().any()) << file << " " << text;
    }
    put(file, good);
    EXPECT_TRUE(counters().any()) << file;
  }
}

}  // namespace
}  // namespace aiops::bench
