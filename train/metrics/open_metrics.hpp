// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/prediction/measure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiops::train {

// What a monitor wants to know of a run.
struct RunGauges {
  std::string run;  // its name
  std::int64_t step = 0, steps = 0;
  std::uint64_t tokens = 0;
  double loss = 0;
  std::optional<double> validation_loss;
  std::vector<Measure> measures;
  double learning_rate = 0, gradient_norm = 0, tokens_per_second = 0;
  std::int64_t skipped = 0;
  double wall_seconds = 0;
  double time = 0;  // seconds since 1970
};

// As OpenMetrics text, for a textfile collector.
std::string open_metrics(const RunGauges& gauges);

}  // namespace aiops::train
