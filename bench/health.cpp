// SPDX-License-Identifier: Apache-2.0
// How far a clock wanders that nobody throttles is measured (docs/PERFORMANCE.md, "What the clock
// does"): single slices fall to a sixth when something interrupts them, but the median of an eighth
// of a run stayed within 4 % of its best eighth. A fall counts from 10 % on, and only when two
// eighths in a row are there: a quarter of the samples.
#include "bench/health.hpp"

#include "base/error.hpp"
#include "bench/gpu_watch.hpp"
#include "bench/record.hpp"
#include "bench/statistics.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace aiops::bench {
namespace {

constexpr std::size_t kParts = 8;
constexpr double kFall = 0.10;
constexpr std::size_t kFewest = 4 * kParts;  // slices
constexpr const char* kRule =
    "two of eight parts in a row with a median 10 % or more below that of the best part";
constexpr const char* kMethod = "dependent multiplications between rounds, on one core";
constexpr std::int64_t kHighest = 100'000;  // MHz

using Parts = std::array<double, kParts>;

// The part that a slice is in, of as many slices each as can be.
std::size_t part_of(std::size_t slice, std::size_t slices) { return slice * kParts / slices; }

double median_mhz(const ClockTrace& clock) {
  std::vector<double> all;
  for (const ClockSlice& slice : clock) all.push_back(static_cast<double>(slice.mhz));
  return median_of(std::move(all));
}

Parts part_medians(const ClockTrace& clock) {
  std::array<ClockTrace, kParts> slices;
  for (std::size_t i = 0; i < clock.size(); ++i)
    slices[part_of(i, clock.size())].push_back(clock[i]);
  Parts medians{};
  for (std::size_t part = 0; part < kParts; ++part) medians[part] = median_mhz(slices[part]);
  return medians;
}

struct Fall {
  double best = 0, low = 0;          // MHz
  std::array<bool, kParts> parts{};  // that were low
};

// Nothing with too few slices to say.
std::optional<Fall> fall_of(const ClockTrace& clock) {
  if (clock.size() < kFewest) return std::nullopt;
  const Parts medians = part_medians(clock);
  Fall fall;
  fall.best = *std::max_element(medians.begin(), medians.end());
  fall.low = fall.best;
  const double limit = fall.best * (1 - kFall);
  for (std::size_t part = 0; part + 1 < kParts; ++part) {
    const double sustained = std::max(medians[part], medians[part + 1]);
    fall.low = std::min(fall.low, sustained);
    if (sustained <= limit) fall.parts[part] = fall.parts[part + 1] = true;
  }
  return fall;
}

bool is_throttled(const Fall& fall) {
  return std::find(fall.parts.begin(), fall.parts.end(), true) != fall.parts.end();
}

std::string reason_of(const Fall& fall) {
  return fmt::format("the clock fell by {:.0f} %, from {:.0f} to {:.0f} MHz",
                     100 * (1 - fall.low / fall.best), fall.best, fall.low);
}

// Theil and Sen's slope, the median of those between any two parts: an interrupted slice does not
// bend it. In percent of the median clock a second.
std::optional<double> slope_of(const ClockTrace& clock) {
  if (clock.size() < kFewest) return std::nullopt;
  const Parts medians = part_medians(clock);
  Parts at{};  // the middle slice of each part
  for (std::size_t part = 0; part < kParts; ++part)
    at[part] =
        static_cast<double>(clock[(2 * part + 1) * clock.size() / (2 * kParts)].at_ns) * 1e-9;
  std::vector<double> slopes;
  for (std::size_t i = 0; i < kParts; ++i)
    for (std::size_t j = i + 1; j < kParts; ++j)
      if (at[j] > at[i]) slopes.push_back((medians[j] - medians[i]) / (at[j] - at[i]));
  if (slopes.empty()) return std::nullopt;
  return 100 * median_of(std::move(slopes)) / median_mhz(clock);
}

Json column(const ClockTrace& clock, auto member) {
  Json values = Json::array();
  for (const ClockSlice& slice : clock) values.push_back(slice.*member);
  return values;
}

std::uint64_t rounds_of(const Json& record) { return record.at("samples").at("values").size(); }

}  // namespace

Json health_json(const ClockTrace& clock) {
  if (clock.empty()) return nullptr;
  const auto [least, most] =
      std::minmax_element(clock.begin(), clock.end(),
                          [](const ClockSlice& a, const ClockSlice& b) { return a.mhz < b.mhz; });
  const auto fall = fall_of(clock);
  const auto slope = slope_of(clock);
  const bool throttled = fall && is_throttled(*fall);
  return {{"clk_mhz",
           {{"method", kMethod},
            {"median", std::llround(median_mhz(clock))},
            {"min", least->mhz},
            {"max", most->mhz},
            {"slope_pct_s", slope ? figure_json(*slope) : Json(nullptr)},
            {"at_ns", column(clock, &ClockSlice::at_ns)},
            {"rounds", column(clock, &ClockSlice::rounds)},
            {"values", column(clock, &ClockSlice::mhz)}}},
          {"rule", kRule},
          {"verdict", !fall       ? Json(nullptr)
                      : throttled ? Json("throttled")
                                  : Json("clean")},
          {"reason", throttled ? Json(reason_of(*fall)) : Json(nullptr)}};
}

ClockTrace clock_trace(const Json& health, std::uint64_t rounds) {
  const Json& clock = health.at("clk_mhz");
  const Json &at = clock.at("at_ns"), &after = clock.at("rounds"), &mhz = clock.at("values");
  if (at.empty() || at.size() != after.size() || at.size() != mhz.size())
    throw Error(ExitCode::failed, "has not one time, round and clock a slice");
  ClockTrace trace;
  for (std::size_t i = 0; i < at.size(); ++i) {
    const ClockSlice slice{whole_number<std::int64_t>(at.at(i)),
                           whole_number<std::uint64_t>(after.at(i)),
                           whole_number<std::int64_t>(mhz.at(i))};
    const ClockSlice before = trace.empty() ? ClockSlice{} : trace.back();
    if (slice.mhz < 1 || slice.mhz > kHighest || slice.at_ns < before.at_ns ||
        slice.rounds < before.rounds || slice.rounds > rounds)
      throw Error(ExitCode::failed, "slice " + std::to_string(i) + " is of no clock in time");
    trace.push_back(slice);
  }
  return trace;
}

std::optional<std::string> throttling_of(const Json& record) {
  const Json& health = record.at("health");
  if (health.is_null()) return std::nullopt;
  const auto fall = fall_of(clock_trace(health, rounds_of(record)));
  if (fall && is_throttled(*fall)) return reason_of(*fall);
  return gpu_throttling_of(record);
}

std::optional<std::string> gpu_throttling_of(const Json& record) {
  const Json& health = record.at("health");
  if (health.is_null() || !health.contains("gpu")) return std::nullopt;
  return gpu_throttling(gpu_trace(health.at("gpu"), rounds_of(record)));
}

std::vector<bool> throttled_rounds(const Json& record) {
  std::vector<bool> low(rounds_of(record));
  if (record.at("health").is_null()) return low;
  const ClockTrace clock = clock_trace(record.at("health"), low.size());
  const auto fall = fall_of(clock);
  if (!fall) return low;
  std::size_t slice = 0;
  for (std::size_t round = 0; round < low.size(); ++round) {
    // The first slice after the round, or the last one.
    while (slice + 1 < clock.size() && clock[slice].rounds <= round) ++slice;
    low[round] = fall->parts[part_of(slice, clock.size())];
  }
  return low;
}

}  // namespace aiops::bench
