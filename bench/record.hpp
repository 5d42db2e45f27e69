// SPDX-License-Identifier: Apache-2.0
// A record is one measurement with all that is needed to judge it and to do it again: schema
// `dev.aiops.bench/v1`, docs/bench-record.schema.json. Times are whole nanoseconds; null means not
// measured, never zero.
#pragma once

#include "base/json.hpp"
#include "bench/host.hpp"
#include "bench/sampler.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

inline constexpr const char* kSchema = "dev.aiops.bench/v1";
// The stop rule of bench/sampler.hpp, but for a fixed count.
inline constexpr const char* kMedianWidthRule = "median-ci95-half-width";

// A rate that follows from the samples: `per_call` units of work in each call.
struct Rate {
  std::string name;  // "gb_s"
  std::string unit;  // "GB/s": `per_call` / ns must be in this unit
  double per_call = 0;
  // A figure of which less is better, such as a time, is the reciprocal of its rate.
  enum class Better { higher, lower };
  Better better = Better::higher;
};

// A rate that the maker of a device promises, by which nothing here was measured.
struct Promise {
  double per_ns = 0;
  std::string source = {};  // the datasheet
};

// What one case did, in the record's words.
struct Measurement {
  Json workload;  // kind, params, dtype, …; `params` holds what a sweep varies
  Json engine;    // name, version, backend, flags
  Samples samples;
  Rate rate;
  std::optional<double> peak_per_ns;        // this machine's measured ceiling of `rate`, same run
  Json peak_detail;                         // how the ceiling was found, or null
  std::optional<Promise> promise = {};      // of the same rate, beside what was measured
  Json correctness;                         // checked, method, max_err, pass
  Json gpu = Json::array();                 // that it ran on, or none
  Json counters;                            // numbers counted beside the samples, or null
  const char* timer = "host";               // or "cpu": what the samples count
  std::optional<std::int64_t> working_set;  // bytes that one call goes over, each counted once
};

// What all records of one run share.
struct Run {
  Run(const SampleRule& sample_rule, std::size_t cases_in_turn);

  std::string started_at;
  std::int64_t begin_ns;
  SampleRule rule;
  std::string order;  // "random": cases took turns; "block": there was one
  Json host;
  Json tool;
  Json argv;
  StealMeter steal;
  Json stop_rule;  // its name and parameters
  Json subject;    // the artifact that was measured, or null
};

Json make_record(const Run& run, const Measurement& measurement);

// This program, as the record's `tool`.
Json describe_tool();

// The parts of a record that follow from its samples, as make_record writes them, so that whoever
// holds a record can write them again (bench/verification.hpp).
Json statistics_json(const Statistics& statistics);
Json metric_json(const Rate& rate, std::int64_t calls, const Statistics& statistics);
// The share of `peak`, the ceiling of the rate as the record has it.
Json share_json(const Rate& rate, std::int64_t calls, const Statistics& statistics, double peak);
const char* isolation_of(std::int64_t calls);
// Null without energy. Shared among all that was counted in `samples` samples; the error is the
// counter's update period at the end of each window.
Json energy_json(const std::optional<Energy>& energy, const Rate& rate, std::int64_t calls,
                 std::size_t samples);
Energy energy_of(const Json& json);  // as energy_json wrote it

// A figure of a record: six significant digits, more is never meant; null when not finite.
Json figure_json(double value);

// What must be equal for two records to be compared, and its hash.
Json comparable_part(const Json& record);
std::string comparable_hash(const Json& record);

// A time-ordered random identifier (RFC 9562 section 5.7).
std::string make_uuid7();

}  // namespace aiops::bench
