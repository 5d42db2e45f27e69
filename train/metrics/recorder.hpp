// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/config/config.hpp"
#include "train/data/batches.hpp"
#include "train/metrics/event_file.hpp"
#include "train/metrics/metrics.hpp"
#include "train/metrics/open_metrics.hpp"
#include "train/prediction/measure.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace aiops::train {

// Everything that a run writes down of its course: metrics.jsonl, and where the configuration asks
// for them, an event file for TensorBoard and an OpenMetrics text for a textfile collector.
class Recorder {
 public:
  // A resumed run goes on from `last_step`: what was written of later ones is void.
  Recorder(const TrainConfig& config, std::int64_t last_step, Status& status, const StopFlag& stop);

  // gauges.run, steps, validation_loss, measures and time are filled in here.
  void step(RunGauges gauges, const DataPosition& position);
  void validation(std::int64_t step, double loss, const std::vector<Measure>& measures);
  void sample(std::int64_t step, const std::string& prompt, const std::string& text);
  // Brings the OpenMetrics text up to date; it is otherwise written every few seconds.
  void flush();
  // Writes OUT/report.html, and draws the losses with -v.
  void finish();

 private:
  void events(std::int64_t step, std::span<const Scalar> scalars);

  const TrainConfig& config_;
  Status& status_;
  DiskSpace space_;
  Metrics metrics_;
  std::optional<EventFile> events_;
  RunGauges gauges_;
  double flushed_ = 0;
};

}  // namespace aiops::train
