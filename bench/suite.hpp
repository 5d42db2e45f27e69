// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "base/status.hpp"
#include "base/stop.hpp"
#include "bench/sampler.hpp"

#include <cstddef>
#include <functional>

namespace aiops::bench {

// What every suite is given beside its own plan.
struct Bench {
  SampleRule rule;
  std::size_t threads = 1;
  Status& status;
  const StopFlag& stop;
  std::function<void(const Json& record)> emit;  // each record as soon as it is complete
};

}  // namespace aiops::bench
