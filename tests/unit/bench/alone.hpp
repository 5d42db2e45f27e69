// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "bench/suite.hpp"
#include "bench/verification.hpp"

#include <vector>

namespace aiops::bench {

// A suite run by itself: three samples a case, every figure of every record worked out again.
struct Alone {
  SilentStatus status;
  StopFlag stop;
  std::vector<Json> records;
  Bench bench{SampleRule(), 1, status, stop, [this](const Json& record) {
                require_figures(record, {}, "record");
                records.push_back(record);
              }};
  Alone() {
    bench.rule.count = 3;
    bench.rule.warm_up_ns = 0;
    bench.rule.shortest_ns = 0;
  }
};

}  // namespace aiops::bench
