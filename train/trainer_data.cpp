// SPDX-License-Identifier: Apache-2.0
// The gradient of a step is that of the mean loss over all its counted targets, however many
// batches it is accumulated from: each batch is scaled by the targets of the whole step.
#include "base/stop.hpp"
#include "train/trainer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace aiops::train {

// A step whose rows count no target has no loss to follow: it is 0, and so is its gradient.
double Trainer::accumulate(std::int64_t number) {
  const TrainConfig& config = prepared_.config;
  const std::int64_t step_rows = config.rows * config.accumulate;
  prepared_.batches->read_training(static_cast<std::uint64_t>((number - 1) * step_rows), step_rows,
                                   rows_);
  const auto counted = static_cast<double>(std::max<std::int64_t>(1, rows_.counted()));
  double loss = 0;
  model_.zero_gradients();
  for (std::int64_t first = 0; first < step_rows; first += config.rows) {
    if (stop_.requested()) return std::numeric_limits<double>::quiet_NaN();
    loss += model_.forward_backward(rows_.batch(first, config.rows, config.length),
                                    static_cast<float>(1 / counted));
  }
  return loss / counted;
}

void Trainer::evaluate() {
  const TrainConfig& config = prepared_.config;
  const std::uint64_t all = std::min(prepared_.batches->validation(),
                                     static_cast<std::uint64_t>(config.eval_batches * config.rows));
  double loss = 0;
  std::int64_t counted = 0;
  for (std::uint64_t first = 0; first < all;) {
    const auto rows =
        static_cast<std::int64_t>(std::min(all - first, static_cast<std::uint64_t>(config.rows)));
    prepared_.batches->read_validation(first, rows, rows_);
    loss += model_.loss(rows_.batch(0, rows, config.length));
    counted += rows_.counted();
    first += static_cast<std::uint64_t>(rows);
  }
  if (counted == 0) return;
  state_.validation_loss = loss / static_cast<double>(counted);
  metrics_->write({{"step", state_.step}, {"validation_loss", *state_.validation_loss}});
  status_.step(fmt::format("step {}: loss {:.4f}, validation loss {:.4f}", state_.step, state_.loss,
                           *state_.validation_loss));
}

}  // namespace aiops::train
