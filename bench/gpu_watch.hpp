// SPDX-License-Identifier: Apache-2.0
// What a GPU does while samples run on it: NVML's counters, read between rounds.
#pragma once

#include "base/json.hpp"
#include "bench/energy.hpp"
#include "kernels/device/counters.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

struct GpuSlice {
  std::uint64_t rounds = 0;   // of samples that were complete
  std::int64_t mhz = 0;       // of its multiprocessors; 0: not told
  std::uint64_t reasons = 0;  // NVML's bits of what holds the clock down
};
using GpuTrace = std::vector<GpuSlice>;  // in order of time

using ReadCounters = std::function<kernels::device::Counters()>;

// Which GPU, and its counters. Cases on the same one have equal names.
struct WatchedGpu {
  std::string name = {};
  ReadCounters read = {};
  explicit operator bool() const { return static_cast<bool>(read); }
};

// Looks after each round, and then ever more rarely, so that there are at most kMostSlices.
class GpuWatch {
 public:
  static constexpr std::size_t kMostSlices = 512;
  explicit GpuWatch(ReadCounters read) : read_(std::move(read)) {}

  void look(std::uint64_t rounds);
  const GpuTrace& trace() const { return trace_; }

 private:
  ReadCounters read_;
  std::uint64_t every_ = 1;
  GpuTrace trace_;
};

// NVML's energy of one GPU.
class GpuEnergy : public EnergyCounters {
 public:
  explicit GpuEnergy(ReadCounters read);

  const EnergySource& source() const override { return kNvml; }
  std::vector<std::string> names() const override;
  std::optional<double> joules() override;

 private:
  ReadCounters read_;
  std::optional<double> begin_;
};

// The record's health.gpu; null without a slice.
Json gpu_health_json(const GpuTrace& trace);
// The slices, as gpu_health_json wrote them. Throws Error{failed} when they are none of a run of so
// many rounds.
GpuTrace gpu_trace(const Json& health, std::uint64_t rounds);

// Why a GPU was throttled: "the GPU's clock was held down in 3 of 40 looks (power cap)"; from one
// look in fifty on.
std::optional<std::string> gpu_throttling(const GpuTrace& trace);

}  // namespace aiops::bench
