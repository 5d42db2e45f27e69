// SPDX-License-Identifier: Apache-2.0
#include "bench/gpu_watch.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace aiops::bench {
namespace {

constexpr const char* kRule = "the clock is held down in one look of fifty or more";
constexpr double kShare = 0.02;

// NVML API Reference, nvmlClocksEventReasons: those that hold a working GPU down. Idle, clocks that
// somebody set and what a display asks for are none.
struct ReasonName {
  std::uint64_t bit;
  const char* name;
};
constexpr ReasonName kReasons[] = {{0x04, "power cap"},
                                   {0x08, "hardware slowdown"},
                                   {0x20, "software thermal slowdown"},
                                   {0x40, "hardware thermal slowdown"},
                                   {0x80, "power brake"}};

std::string names_of(std::uint64_t reasons) {
  std::string names;
  for (const ReasonName& one : kReasons)
    if ((reasons & one.bit) != 0) names += (names.empty() ? "" : ", ") + std::string(one.name);
  return names;
}

Json column(const GpuTrace& trace, auto member) {
  Json values = Json::array();
  for (const GpuSlice& slice : trace) values.push_back(slice.*member);
  return values;
}

}  // namespace

void GpuWatch::look(std::uint64_t rounds) {
  if (rounds % every_ != 0) return;
  const auto now = read_();
  if (!now.sm_clock_mhz && !now.throttle_reasons) return;
  trace_.push_back({rounds, now.sm_clock_mhz.value_or(0), now.throttle_reasons.value_or(0)});
  if (trace_.size() < kMostSlices) return;
  every_ *= 2;
  std::erase_if(trace_, [&](const GpuSlice& slice) { return slice.rounds % every_ != 0; });
}

GpuEnergy::GpuEnergy(ReadCounters read) : read_(std::move(read)), begin_(read_().joules) {}

std::vector<std::string> GpuEnergy::names() const {
  return begin_ ? std::vector<std::string>{"gpu"} : std::vector<std::string>{};
}

std::optional<double> GpuEnergy::joules() {
  const auto now = read_().joules;
  if (!now || !begin_ || *now < *begin_) begin_.reset();  // a driver that was loaded anew
  return begin_ ? std::optional(*now - *begin_) : std::nullopt;
}

std::optional<std::string> gpu_throttling(const GpuTrace& trace) {
  std::uint64_t all = 0;
  std::size_t count = 0;
  for (const GpuSlice& slice : trace) {
    if (names_of(slice.reasons).empty()) continue;
    all |= slice.reasons;
    ++count;
  }
  if (count == 0 || static_cast<double>(count) < kShare * static_cast<double>(trace.size()))
    return std::nullopt;
  return fmt::format("the GPU's clock was held down in {} of {} looks ({})", count, trace.size(),
                     names_of(all));
}

Json gpu_health_json(const GpuTrace& trace) {
  if (trace.empty()) return nullptr;
  const auto [least, most] =
      std::minmax_element(trace.begin(), trace.end(),
                          [](const GpuSlice& a, const GpuSlice& b) { return a.mhz < b.mhz; });
  const auto throttling = gpu_throttling(trace);
  return {{"sm_clk_mhz", {{"min", least->mhz}, {"max", most->mhz}}},
          {"rounds", column(trace, &GpuSlice::rounds)},
          {"mhz", column(trace, &GpuSlice::mhz)},
          {"reasons", column(trace, &GpuSlice::reasons)},
          {"rule", kRule},
          {"verdict", throttling ? "throttled" : "clean"},
          {"reason", throttling ? Json(*throttling) : Json(nullptr)}};
}

GpuTrace gpu_trace(const Json& health, std::uint64_t rounds) {
  const Json &after = health.at("rounds"), &mhz = health.at("mhz"), &reasons = health.at("reasons");
  if (after.empty() || after.size() != mhz.size() || after.size() != reasons.size())
    throw Error(ExitCode::failed, "has not one round, clock and reason a look");
  GpuTrace trace;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const GpuSlice slice{whole_number<std::uint64_t>(after.at(i)),
                         whole_number<std::int64_t>(mhz.at(i)),
                         whole_number<std::uint64_t>(reasons.at(i))};
    if (slice.mhz < 0 || slice.rounds > rounds ||
        (!trace.empty() && slice.rounds < trace.back().rounds))
      throw Error(ExitCode::failed, "look " + std::to_string(i) + " is of no clock in time");
    trace.push_back(slice);
  }
  return trace;
}

}  // namespace aiops::bench
