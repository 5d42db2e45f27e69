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

// A rate that follows from the samples: `per_call` units of work in each call.
struct Rate {
  std::string name;  // "gb_s"
  std::string unit;  // "GB/s": `per_call` / ns must be in this unit
  double per_call = 0;
};

// What one case did, in the record's words.
struct Measurement {
  Json workload;  // kind, params, dtype, …; `params` holds what a sweep varies
  Json engine;    // name, version, backend, flags
  Samples samples;
  Rate rate;
  std::optional<double> peak_per_ns;  // this machine's measured ceiling of `rate`, same run
  Json peak_detail;                   // how the ceiling was found, or null
  Json correctness;                   // checked, method, max_err, pass
  Json counters;                      // numbers counted beside the samples, or null
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
};

Json make_record(const Run& run, const Measurement& measurement);

// This program, as the record's `tool`.
Json describe_tool();

// The statistics of a record's own samples, as make_record writes them: a record can be checked.
Json statistics_json(const Statistics& statistics);
// Throws Error{failed} naming `what` when `record` is not of our schema or its statistics do not
// follow from its samples.
void check_record(const Json& record, std::string_view what);

// What must be equal for two records to be compared, and its hash.
Json comparable_part(const Json& record);
std::string comparable_hash(const Json& record);

// A time-ordered random identifier (RFC 9562 section 5.7).
std::string make_uuid7();

}  // namespace aiops::bench
