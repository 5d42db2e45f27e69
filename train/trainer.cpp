// SPDX-License-Identifier: Apache-2.0
// A step is a pure function of the parameters, the state of the optimiser and the step's number:
// which rows it reads follows from the number (batches.hpp), the learning rate too (schedule.hpp).
// So a checkpoint needs no random state, and a resumed run goes through the same bits as one that
// never stopped.
#include "train/trainer.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "train/weights.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

// One training at a time writes in a directory; the lock ends with the process.
Fd lock(const fs::path& out) {
  make_directories(out);
  Fd file = open_file(out / ".lock", O_RDWR | O_CREAT);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0)
    throw Error(ExitCode::failed, out.string() + ": another training is writing here");
  return file;
}

void require_number(double value, const char* what, std::int64_t step, double learning_rate) {
  if (std::isfinite(value)) return;
  throw Error(ExitCode::failed,
              fmt::format("step {}: the {} is not a number; no checkpoint was written", step, what),
              fmt::format("--set optimiser.lr={}, and go on from the last checkpoint",
                          format_number(learning_rate / 3)));
}

}  // namespace

Trainer::Trainer(Preparation preparation, ThreadPool& threads, Status& status, const StopFlag& stop)
    : prepared_(std::move(preparation)),
      threads_(threads),
      status_(status),
      stop_(stop),
      model_(prepared_.model, threads),
      optimiser_(make_optimiser(prepared_.config.optimiser, model_.parameters(), threads)),
      saver_(prepared_.config, prepared_.tokenizer, status) {
  if (prepared_.checkpoint) {
    load_checkpoint(*prepared_.checkpoint, model_, *optimiser_);
    state_ = *prepared_.state;
    saver_.resumed(state_.step, *prepared_.checkpoint);
  } else if (prepared_.base) {
    load_weights(prepared_.base->files, model_);
  } else {
    model_.initialise(prepared_.config.seed);
  }
  if (prepared_.base) state_.base = prepared_.base->record;
  state_.data = prepared_.files;
  state_.data_digest = prepared_.data_digest;
  wall_before_ = state_.wall_seconds;
}

double Trainer::wall() const { return wall_before_ + monotonic_seconds() - started_; }

Trainer::Outcome Trainer::step(std::int64_t number) {
  const TrainConfig& config = prepared_.config;
  const double begin = monotonic_seconds();
  const double loss = accumulate(number);
  if (stop_.requested()) return Outcome::stopped;  // this step never happened
  const double learning_rate = config.schedule().at(number);
  require_number(loss, "loss", number, config.optimiser.learning_rate);
  const double norm = clip_gradients(model_.parameters(), config.clip, threads_);
  require_number(norm, "gradient", number, config.optimiser.learning_rate);
  optimiser_->step(learning_rate, number);

  state_.step = number;
  state_.loss = loss;
  state_.tokens += static_cast<std::uint64_t>(config.tokens_per_step());
  state_.position = prepared_.batches->position(
      static_cast<std::uint64_t>(number * config.rows * config.accumulate));
  report_step(loss, norm, monotonic_seconds() - begin);
  return Outcome::done;
}

void Trainer::save(Saver::Must must) {
  state_.wall_seconds = wall();
  state_.steps = prepared_.config.steps;
  state_.config = to_text(prepared_.config.to_json());
  saver_.save(state_, model_, *optimiser_, must);
}

bool Trainer::is_due(std::int64_t every) const {
  return every > 0 && state_.step % every == 0 && state_.step != prepared_.config.steps;
}

TrainResult Trainer::run() {
  const TrainConfig& config = prepared_.config;
  config.schedule().check();
  started_ = monotonic_seconds();
  metrics_.emplace(config.out / "metrics.jsonl", state_.step);
  const std::int64_t first = state_.step + 1;
  const std::uint64_t tokens_before = state_.tokens;
  if (first <= config.steps) {
    Task task(status_, "training", static_cast<std::uint64_t>(config.steps - state_.step),
              Status::Unit::items);
    for (std::int64_t number = first; number <= config.steps; ++number) {
      if (stop_.requested() || step(number) == Outcome::stopped) {
        save(Saver::Must::yes);
        saver_.wait();
        throw Error(ExitCode::stopped,
                    fmt::format("stopped after step {} of {}; {}", state_.step, config.steps,
                                saver_.checkpoint().string() + " holds it"),
                    "run the same command again to go on");
      }
      if (is_due(config.eval_every)) evaluate();
      if (is_due(config.checkpoint_every)) save(Saver::Must::no);
    }
    evaluate();
  } else {
    status_.step(fmt::format("step {} is done already: nothing is left to train", config.steps));
  }
  save(Saver::Must::yes);
  saver_.wait();
  const double seconds = monotonic_seconds() - started_;
  const double done = static_cast<double>(state_.tokens - tokens_before);
  const fs::path model = publish_model(config.out, saver_.checkpoint());
  return {model, saver_.checkpoint(), state_, seconds > 0 ? done / seconds : 0,
          file_sha256(model / "model.safetensors")};
}

TrainResult train(const TrainOptions& options, ThreadPool& threads, Status& status,
                  const StopFlag& stop) {
  const Fd held = lock(options.config.out);
  remove_leftovers(options.config.out);
  Preparation preparation = prepare(options, threads, status, stop);
  if (preparation.checkpoint)
    status.step(fmt::format("going on from {}, step {} of {}", preparation.checkpoint->string(),
                            preparation.state->step, preparation.config.steps));
  Trainer trainer(std::move(preparation), threads, status, stop);
  trainer.settle_steps();
  return trainer.run();
}

}  // namespace aiops::train
