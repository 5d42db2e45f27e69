// SPDX-License-Identifier: Apache-2.0
// A step is a pure function of the parameters, the two moments and the step's number: which rows it
// reads follows from the number (windows.hpp), the learning rate too (schedule.hpp). So a
// checkpoint needs no random state, and a resumed run goes through the same bits as one that never
// stopped.
//
// The gradient of a step is that of the mean loss over all its counted targets, however many
// batches it is accumulated from: each batch is scaled by the targets of the whole step.
#include "train/trainer.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/time.hpp"
#include "base/units.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::train {
namespace {

namespace fs = std::filesystem;

constexpr int kCalibrationSteps = 3;

AdamWOptions adamw_options(const TrainConfig& config) {
  return {config.beta1, config.beta2, config.epsilon, config.weight_decay};
}

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

std::string rate_text(double tokens_per_second) {
  return format_count(static_cast<std::uint64_t>(tokens_per_second)) + " tok/s";
}

}  // namespace

Trainer::Trainer(Preparation preparation, ThreadPool& threads, Status& status, const StopFlag& stop)
    : prepared_(std::move(preparation)),
      threads_(threads),
      status_(status),
      stop_(stop),
      model_(prepared_.model, threads),
      optimiser_(model_.parameters(), adamw_options(prepared_.config), threads),
      saver_(prepared_.config, prepared_.tokenizer, status) {
  if (prepared_.checkpoint) {
    load_checkpoint(*prepared_.checkpoint, model_, optimiser_);
    state_ = *prepared_.state;
    saver_.resumed(state_.step, *prepared_.checkpoint);
  } else {
    model_.initialise(prepared_.config.seed);
  }
  state_.data = prepared_.files;
  state_.data_digest = prepared_.data_digest;
  wall_before_ = state_.wall_seconds;
}

double Trainer::wall() const { return wall_before_ + monotonic_seconds() - started_; }

// A learning rate of 0 leaves the parameters as they are, bit for bit; the moments are cleared.
double Trainer::calibrate() {
  std::vector<double> seconds;
  for (int i = 0; i <= kCalibrationSteps; ++i) {
    stop_.check();
    const double begin = monotonic_seconds();
    accumulate(1);
    clip_gradients(model_.parameters(), prepared_.config.clip, threads_);
    optimiser_.step(0, 1);
    stop_.check();  // a step cut short would tell a wrong time
    if (i > 0) seconds.push_back(monotonic_seconds() - begin);  // the first one warms up
  }
  for (const auto& [m, v] : optimiser_.moments()) {
    std::ranges::fill(m, 0.0F);
    std::ranges::fill(v, 0.0F);
  }
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

void Trainer::settle_steps() {
  TrainConfig& config = prepared_.config;
  if (config.steps > 0) return;
  const double seconds = calibrate();
  config.steps = std::max<std::int64_t>(1, std::llround(config.minutes * 60 / seconds));
  status_.step(fmt::format("a step takes {:.3f} s: {} steps in {} minutes", seconds, config.steps,
                           format_number(config.minutes)));
}

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

Trainer::Outcome Trainer::step(std::int64_t number) {
  const TrainConfig& config = prepared_.config;
  const double begin = monotonic_seconds();
  const double loss = accumulate(number);
  if (stop_.requested()) return Outcome::stopped;  // this step never happened
  const double learning_rate = config.schedule().at(number);
  require_number(loss, "loss", number, config.learning_rate);
  const double norm = clip_gradients(model_.parameters(), config.clip, threads_);
  require_number(norm, "gradient", number, config.learning_rate);
  optimiser_.step(learning_rate, number);

  state_.step = number;
  state_.loss = loss;
  state_.tokens += static_cast<std::uint64_t>(config.tokens_per_step());
  state_.position = prepared_.batches->position(
      static_cast<std::uint64_t>(number * config.rows * config.accumulate));
  report_step(loss, norm, monotonic_seconds() - begin);
  return Outcome::done;
}

void Trainer::report_step(double loss, double norm, double seconds) {
  const double rate = static_cast<double>(prepared_.config.tokens_per_step()) / seconds;
  status_.note(fmt::format("loss {:.3f}  {}", loss, rate_text(rate)));
  status_.advance(1);
  metrics_->write({{"step", state_.step},
                   {"loss", loss},
                   {"lr", prepared_.config.schedule().at(state_.step)},
                   {"grad_norm", norm},
                   {"tokens_per_second", std::round(rate)},
                   {"tokens", state_.tokens},
                   {"epoch", state_.position.epoch},
                   {"index", state_.position.index},
                   {"wall_seconds", wall()}});
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

void Trainer::save(Saver::Must must) {
  state_.wall_seconds = wall();
  state_.steps = prepared_.config.steps;
  state_.config = to_text(prepared_.config.to_json());
  saver_.save(state_, model_, optimiser_, must);
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
