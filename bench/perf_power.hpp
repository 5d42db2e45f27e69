// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/energy.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// RAPL by way of perf's power PMU (perf_event_open(2)), for machines that keep powercap for root
// and let users count events of a whole CPU. One counter for each package.
class PerfPowerCounters : public EnergyCounters {
 public:
  using Read = std::function<std::optional<std::uint64_t>()>;  // counted since it was opened
  // An event of a CPU; nothing where that is not allowed.
  using Open = std::function<Read(std::uint32_t type, std::uint64_t event, int cpu)>;

  // `pmu` is /sys/bus/event_source/devices/power.
  explicit PerfPowerCounters(const std::filesystem::path& pmu);
  PerfPowerCounters(const std::filesystem::path& pmu, const Open& open);

  const EnergySource& source() const override { return kRapl; }
  std::vector<std::string> names() const override;  // "package of CPU 0"
  std::optional<double> joules() override;

 private:
  struct Package {
    int cpu;
    Read read;
  };
  std::vector<Package> packages_;
  double scale_ = 0;  // joules a count
};

}  // namespace aiops::bench
