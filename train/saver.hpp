// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "base/status.hpp"
#include "train/checkpoint.hpp"
#include "train/config.hpp"

#include <cstdint>
#include <filesystem>

namespace aiops::train {

// Writes the checkpoints of a run into its OUT, each step at most once.
class Saver {
 public:
  // `must`: throw rather than warn when a checkpoint cannot be written.
  enum class Must { no, yes };

  // Keeps its arguments, which must outlive it.
  Saver(const TrainConfig& config, const Tokenizer& tokenizer, Status& status);

  // The run goes on from this checkpoint.
  void resumed(std::int64_t step, std::filesystem::path checkpoint);

  // Writes OUT/step-N unless it is there, and removes what is not to be kept.
  void save(const TrainerState& state, Model& model, Optimiser& optimiser, Must must);

  // Returns when everything that was given to save() is on the disk; throws what failed.
  void wait() {}

  // The newest one.
  const std::filesystem::path& checkpoint() const { return checkpoint_; }

 private:
  void report(const Error& error, std::int64_t step, Must must) const;

  const TrainConfig& config_;
  const Tokenizer& tokenizer_;
  Status& status_;
  std::int64_t saved_step_ = -1;
  std::filesystem::path checkpoint_;
};

}  // namespace aiops::train
