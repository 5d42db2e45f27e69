// SPDX-License-Identifier: Apache-2.0
#include "bench/energy.hpp"

#include "base/file.hpp"
#include "bench/verification.hpp"
#include "example_record.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace aiops::bench {
namespace {

constexpr std::int64_t kMs = 1'000'000;

// A powercap tree of two packages, whose counters the test moves on.
struct EnergyTest : testing::Test {
  EnergyTest() {
    std::filesystem::remove_all(root);
    add("intel-rapl:0", "package-0", 1'000);
    add("intel-rapl:1", "package-1", 5'000);
    add("intel-rapl:0:0", "core", 7'000);
    add("intel-rapl:2", "psys", 9'000);
  }
  ~EnergyTest() override { std::filesystem::remove_all(root); }

  void put(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((root / file).parent_path());
    std::ofstream(root / file) << text << '\n';
  }
  void add(const std::string& zone, const std::string& name, std::int64_t microjoules) {
    put(zone + "/name", name);
    put(zone + "/max_energy_range_uj", "262143328850");
    set(zone, microjoules);
  }
  void set(const std::string& zone, std::int64_t microjoules) {
    put(zone + "/energy_uj", std::to_string(microjoules));
  }

  std::filesystem::path root =
      std::filesystem::path(testing::TempDir()) / ("powercap-" + std::to_string(::getpid()));
  std::int64_t now = 0;
};

TEST_F(EnergyTest, CountsPackagesAndNotTheirParts) {
  RaplCounters counters(root);
  EXPECT_EQ(counters.names(), (std::vector<std::string>{"package-0", "package-1"}));
  set("intel-rapl:0", 2'001'000);
  set("intel-rapl:1", 1'005'000);
  set("intel-rapl:0:0", 9'000'000);
  EXPECT_DOUBLE_EQ(counters.joules().value(), 3.0);
  EXPECT_DOUBLE_EQ(counters.joules().value(), 3.0);
}

TEST_F(EnergyTest, ACounterThatGoesRoundGoesOn) {
  set("intel-rapl:0", 262'143'328'850 - 500'000);
  RaplCounters counters(root);
  set("intel-rapl:0", 250'000);
  EXPECT_DOUBLE_EQ(counters.joules().value(), 0.75);
  set("intel-rapl:0", 1'250'000);
  EXPECT_DOUBLE_EQ(counters.joules().value(), 1.75);
}

TEST_F(EnergyTest, WithoutACounterThereIsNoEnergyAndNoError) {
  EXPECT_FALSE(RaplCounters(root / "nothing").any());
  EXPECT_EQ(RaplCounters(root / "nothing").joules(), std::nullopt);
  for (const char* text : {"", "x", "-1", "12x", "99999999999999999999"}) {
    put("intel-rapl:1/energy_uj", text);
    EXPECT_FALSE(RaplCounters(root).any()) << text;  // one of two would be half
  }
  std::filesystem::remove(root / "intel-rapl:1/energy_uj");
  std::filesystem::create_directory(root / "intel-rapl:1/energy_uj");  // root reads every file
  EXPECT_FALSE(RaplCounters(root).any());
}

TEST_F(EnergyTest, ACounterThatGoesAwayTakesTheEnergyWithIt) {
  RaplCounters counters(root);
  std::filesystem::remove(root / "intel-rapl:1/energy_uj");
  EXPECT_EQ(counters.joules(), std::nullopt);
  set("intel-rapl:1", 6'000);
  EXPECT_EQ(counters.joules(), std::nullopt);
  RaplCounters strange(root);
  put("intel-rapl:0/energy_uj", "2000");
  EXPECT_TRUE(strange.joules().has_value());
}

TEST_F(EnergyTest, ACaseAloneHasOneWindow) {
  EnergyMeter meter(1, std::make_unique<RaplCounters>(root), [this] { return now; });
  for (int sample = 1; sample <= 20; ++sample) {
    meter.before(0);
    now += kMs;
    set("intel-rapl:0", 1'000 + sample * 50'000);  // 50 W
    meter.after(0, kMs);
  }
  const auto energy = meter.finish()[0];
  ASSERT_TRUE(energy);
  EXPECT_DOUBLE_EQ(energy->joules, 1.0);
  EXPECT_EQ(energy->window_ns, 20 * kMs);
  EXPECT_EQ(energy->windows, 1u);
}

TEST_F(EnergyTest, ALongRunIsReadBeforeItsCounterGoesRoundTwice) {
  set("intel-rapl:0", 0);
  EnergyMeter meter(1, std::make_unique<RaplCounters>(root), [this] { return now; });
  for (int sample = 1; sample <= 600; ++sample) {  // 600 s at 1 kW, twice round and more
    meter.before(0);
    now += 1000 * kMs;
    set("intel-rapl:0", sample * std::int64_t{1'000'000'000} % 262'143'328'850);
    meter.after(0, 1000 * kMs);
  }
  EXPECT_NEAR(meter.finish()[0].value().joules, 600'000, 1e-3);
}

TEST_F(EnergyTest, CasesInTurnHaveOneWindowASampleWhenSamplesLast) {
  EnergyMeter meter(3, std::make_unique<RaplCounters>(root), [this] { return now; });
  std::int64_t used = 1'000;
  const auto sample = [&](std::size_t index, std::int64_t ns, std::int64_t microjoules) {
    meter.before(index);
    now += ns;
    set("intel-rapl:0", used += microjoules);
    meter.after(index, ns);
  };
  for (int round = 0; round < 5; ++round) {
    sample(0, 40 * kMs, 2'000'000);
    sample(1, 20 * kMs, 3'000'000);
    sample(2, kMs, 1'000'000);  // too short for the counter
  }
  const auto energies = meter.finish();
  EXPECT_DOUBLE_EQ(energies[0].value().joules, 10);
  EXPECT_EQ(energies[0].value().windows, 5u);
  EXPECT_DOUBLE_EQ(energies[1].value().joules, 15);
  EXPECT_EQ(energies[1].value().window_ns, 100 * kMs);
  EXPECT_FALSE(energies[2]);
}

TEST(Energy, IsSharedAmongWhatTheRateCounts) {
  Measurement m = example_measurement();  // 40 samples of two calls of 8192 bytes
  m.samples.energy = Energy{8.0, 1000 * kMs, 1, {"package-0"}, kRapl};
  const Json energy = make_record(example_run(), m).at("energy");
  EXPECT_EQ(energy.at("unit"), "GB");
  EXPECT_NEAR(energy.at("j_per_unit").get<double>(), 8.0 / (80 * 8192e-9), 1);
  EXPECT_DOUBLE_EQ(energy.at("error_pct").get<double>(), 0.1);  // a millisecond of a second
  m.samples.energy->windows = 40;
  m.rate = {"wall_ms", "ms", 1e6, Rate::Better::lower};
  const Json calls = make_record(example_run(), m).at("energy");
  EXPECT_EQ(calls.at("unit"), "call");
  EXPECT_DOUBLE_EQ(calls.at("j_per_unit").get<double>(), 0.1);
  EXPECT_DOUBLE_EQ(calls.at("error_pct").get<double>(), 4);
}

TEST(Energy, IsWorkedOutAgain) {
  Measurement m = example_measurement();
  m.samples.energy = Energy{8.0, 1000 * kMs, 1, {"package-0"}, kRapl};
  Json good = make_record(example_run(), m);
  good["duration_ns"] = 2000 * kMs;
  ASSERT_TRUE(check_figures(good, {}).empty());
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, Json>>{{"j", 9},
                                                 {"j", -1},
                                                 {"j_per_unit", 1},
                                                 {"unit", "token"},
                                                 {"source", "nvml_total"},
                                                 {"source", "sun"},
                                                 {"error_pct", 0},
                                                 {"window_ns", 1},
                                                 {"window_ns", 0},
                                                 {"windows", 2},
                                                 {"resolution_ns", 1}}) {
    Json record = good;
    record["energy"][name] = value;
    const auto findings = check_figures(record, {});
    ASSERT_FALSE(findings.empty()) << name;
    EXPECT_TRUE(findings[0].field.starts_with("energy")) << name << ": " << findings[0].field;
  }
  good["energy"] = Json::object();
  EXPECT_FALSE(check_figures(good, {}).empty());
}

}  // namespace
}  // namespace aiops::bench
