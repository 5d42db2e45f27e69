// SPDX-License-Identifier: Apache-2.0
// The training loop.
#pragma once

#include "train/checkpoint/saver.hpp"
#include "train/device/gradient_sum.hpp"
#include "train/metrics/recorder.hpp"
#include "train/optimiser/optimiser.hpp"
#include "train/preparation.hpp"
#include "train/ranks/collective.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace aiops::train {

struct TrainResult {
  std::filesystem::path model;       // OUT/model
  std::filesystem::path checkpoint;  // OUT/step-N
  TrainerState state;
  double tokens_per_second = 0;        // of this run
  std::string model_sha256;            // weights_sha256(), hex
  std::optional<Steering::Best> best;  // whose the model is, where it is not the last step's
};

// Trains what the options say, to the end, as one of `ranks`; only the first of them writes, and
// should be given a `status` that talks. Throws Error{stopped} when `stop` was requested on any
// rank, after writing a checkpoint; Error{failed} when the loss is no longer a number, writing
// none. An error is made known to the other ranks.
TrainResult train(const TrainOptions& options, ThreadPool& threads, Status& status,
                  const StopFlag& stop, Collective& ranks = alone());

// A run between its preparation and its end; for train() and the plan.
class Trainer {
 public:
  Trainer(Preparation preparation, ThreadPool& threads, Status& status, const StopFlag& stop,
          Collective& ranks = alone());

  // Seconds that one step takes: the median of a few, whose effects are undone. Only before the
  // first step.
  double calibrate();
  // Turns `minutes` into steps, by calibration; a resumed run keeps the number it began with.
  void settle_steps();
  TrainResult run();

  // Once nothing is left to compute: when this returns on one rank, all have come so far.
  void part();

  const Preparation& preparation() const { return prepared_; }
  const GradientSum& gradient_sum() const { return sum_; }

 private:
  enum class Outcome { done, stopped };

  Outcome step(std::int64_t number);
  // The mean loss of the step over all ranks, with the gradients summed; nothing when one was
  // stopped.
  std::optional<double> accumulate(std::int64_t number);
  // Throws Error{failed} when `value` is none, with what may help: that depends on whether this
  // process has changed the parameters.
  void require_number(double value, const char* what, std::int64_t step);
  void evaluate();
  void speak();  // samples
  void train_steps();
  void look(std::int64_t number);  // evaluates and samples, when due
  bool has_converged() const;
  [[noreturn]] void leave();  // stopped, the same step on every rank
  bool is_due(std::int64_t every) const;
  void report_step(double loss, double norm, double seconds);
  void save(Saver::Must must);
  std::filesystem::path to_publish() const;
  double wall() const;

  Preparation prepared_;
  ThreadPool& threads_;
  Status& status_;
  const StopFlag& stop_;
  Collective& ranks_;
  Model model_;
  std::unique_ptr<Optimiser> optimiser_;
  TrainerState state_;
  pack::DigestMemory digests_;
  Saver saver_;
  std::optional<Recorder> recorder_;
  bool is_updated_ = false;      // the parameters, by this process
  bool save_is_wished_ = false;  // by a signal, on any rank
  double started_ = 0;
  double wall_before_ = 0;
  Rows rows_;
  std::vector<std::span<float>> gradients_;  // all of them
  GradientSum sum_;  // ends first: what it has queued, the device may wait for in vain
};

}  // namespace aiops::train
