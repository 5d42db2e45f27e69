// SPDX-License-Identifier: Apache-2.0
// What a person and the recorder hear of a step.
#include "base/units.hpp"
#include "train/trainer.hpp"

#include <fmt/format.h>

#include <utility>

namespace aiops::train {

void Trainer::report_step(double loss, double norm, double seconds) {
  const double rate = static_cast<double>(prepared_.config.tokens_per_step()) / seconds;
  const double learning_rate = prepared_.config.schedule().at(state_.step);
  const std::string validation =
      state_.validation_loss ? fmt::format(" val {:.3f}", *state_.validation_loss) : "";
  status_.note(fmt::format("loss {:.3f}{}  lr {:.2g}  {} tok/s", loss, validation, learning_rate,
                           format_count(static_cast<std::uint64_t>(rate))));
  status_.advance(1);
  if (!recorder_) return;  // another rank writes
  RunGauges gauges;
  gauges.step = state_.step;
  gauges.tokens = state_.tokens;
  gauges.loss = loss;
  gauges.learning_rate = learning_rate;
  gauges.gradient_norm = norm;
  gauges.tokens_per_second = rate;
  gauges.skipped = state_.steering.skipped;
  gauges.wall_seconds = wall();
  recorder_->step(std::move(gauges), state_.position);
}

}  // namespace aiops::train
