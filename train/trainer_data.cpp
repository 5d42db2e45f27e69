// SPDX-License-Identifier: Apache-2.0
// The gradient of a step is that of the mean loss over all its counted targets, however many
// batches it is accumulated from: each batch is scaled by the targets of the whole step. Of the
// step's rows, each rank takes a block as long as the others'.
#include "base/run_signals.hpp"
#include "kernels/backend.hpp"
#include "train/prediction/tally.hpp"
#include "train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace aiops::train {

// A step whose rows count no target has no loss to follow: it is 0, and so is its gradient.
std::optional<double> Trainer::accumulate(std::int64_t number) {
  const TrainConfig& config = prepared_.config;
  const std::int64_t step_rows = config.rows_per_step();
  const std::int64_t own_rows = step_rows / ranks_.size();
  prepared_.batches->read_training(static_cast<std::uint64_t>((number - 1) * step_rows), step_rows,
                                   rows_);
  const auto counted = static_cast<double>(std::max<std::int64_t>(1, rows_.counted()));
  double loss = 0;
  model_.zero_gradients();
  const std::int64_t begin = own_rows * ranks_.rank();
  for (std::int64_t first = begin; first < begin + own_rows && !stop_.requested();
       first += config.rows) {
    Batch batch = rows_.batch(first, config.rows, config.length);
    batch.draws = {config.seed, static_cast<std::uint64_t>((number - 1) * step_rows + first)};
    loss += model_.forward_backward(batch, static_cast<float>(1 / counted));
  }
  std::array<double, 3> all{loss, stop_.requested() ? 1.0 : 0.0,
                            run_signals.take_save_wish() ? 1.0 : 0.0};
  ranks_.sum(all);
  save_is_wished_ |= all[2] > 0;
  if (all[1] > 0) return std::nullopt;  // every rank stops at the same step
  sum_.add();
  return all[0] / counted;
}

void Trainer::evaluate() {
  const TrainConfig& config = prepared_.config;
  const std::uint64_t all =
      std::min(prepared_.batches->validation(),
               static_cast<std::uint64_t>(config.eval_batches * config.rows * config.ranks));
  const auto batch = static_cast<std::uint64_t>(config.rows);
  const auto size = static_cast<std::uint64_t>(ranks_.size());
  Tally tally(model_.config().head);  // the ranks take batches in turn
  for (std::uint64_t first = batch * static_cast<std::uint64_t>(ranks_.rank()); first < all;
       first += batch * size) {
    const auto rows = static_cast<std::int64_t>(std::min(all - first, batch));
    prepared_.batches->read_validation(first, rows, rows_);
    tally.add(model_, rows_.batch(0, rows, config.length));
  }
  tally.sum_over(ranks_);
  if (!tally.loss()) return;
  state_.validation_loss = tally.loss();
  state_.measures = tally.measures();
  if (recorder_) recorder_->validation(state_.step, *state_.validation_loss, state_.measures);
  status_.step(fmt::format("step {}: loss {:.4f}, validation loss {:.4f}{}", state_.step,
                           state_.loss, *state_.validation_loss, told(state_.measures)));
  if (state_.steering.improves(state_.step, *state_.validation_loss) && config.keeps_best())
    save(Saver::Must::no);
}

}  // namespace aiops::train
