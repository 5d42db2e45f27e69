// SPDX-License-Identifier: Apache-2.0
#include "train/saver.hpp"

#include "base/error.hpp"
#include "train/model_card.hpp"

#include <fmt/format.h>

namespace aiops::train {

Saver::Saver(const TrainConfig& config, const Tokenizer& tokenizer, Status& status)
    : config_(config), tokenizer_(tokenizer), status_(status) {}

void Saver::resumed(std::int64_t step, std::filesystem::path checkpoint) {
  saved_step_ = step;
  checkpoint_ = std::move(checkpoint);
}

void Saver::report(const Error& error, std::int64_t step, Must must) const {
  const std::string kept =
      saved_step_ < 0 ? "" : "; the checkpoint of step " + std::to_string(saved_step_) + " stays";
  if (must == Must::yes) throw Error(error.code, error.message + kept, error.mend);
  // Training is worth more than this checkpoint: the next one may fit.
  status_.warn(fmt::format("no checkpoint at step {}: {}{}", step, error.message, kept));
}

void Saver::save(const TrainerState& state, Model& model, Optimiser& optimiser, Must must) {
  if (saved_step_ == state.step) return;
  try {
    checkpoint_ = write_checkpoint(config_.out, state, model, optimiser, tokenizer_,
                                   model_card(config_, model.config(), state));
  } catch (const Error& error) {
    report(error, state.step, must);
    return;
  }
  saved_step_ = state.step;
  status_.detail("wrote " + checkpoint_.string());
  prune_checkpoints(config_.out, config_.checkpoint_keep);
}

}  // namespace aiops::train
