// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/record.hpp"

namespace aiops::bench {

// Forty samples of about a microsecond, two calls each.
inline Measurement example_measurement(std::int64_t ns = 1000) {
  Measurement m;
  m.workload = {{"kind", "copy"}, {"params", {{"size_bytes", 4096}}}, {"dtype", "fp64"}};
  m.engine = {{"name", "test"}, {"version", "1"}, {"backend", "cpu"}, {"flags", Json::object()}};
  for (int i = 0; i < 40; ++i) m.samples.values.push_back(ns + i * 17 % 40);
  m.samples.calls = 2;
  m.rate = {"gb_s", "GB/s", 8192};
  m.peak_per_ns = 32;
  m.correctness = nullptr;
  return m;
}

inline Run example_run() {
  SampleRule rule;
  rule.count = 40;
  return Run(rule, 2);
}

inline Json example_record(std::int64_t ns = 1000) {
  Json record = make_record(example_run(), example_measurement(ns));
  record["duration_ns"] = 1'000'000'000;
  return record;
}

}  // namespace aiops::bench
