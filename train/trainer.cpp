// SPDX-License-Identifier: Apache-2.0
// A step is a pure function of the parameters, the state of the optimiser and the step's number:
// which rows it reads follows from the number (batches.hpp), the learning rate too (schedule.hpp).
// So a checkpoint needs no random state, and a resumed run goes through the same bits as one that
// never stopped.
#include "train/trainer.hpp"

#include "base/digest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/run_signals.hpp"
#include "base/time.hpp"
#include "base/units.hpp"
#include "kernels/backend.hpp"
#include "train/checkpoint/run_directory.hpp"
#include "train/device/plan.hpp"
#include "train/memory_need.hpp"
#include "train/model/adapter_directory.hpp"
#include "train/model/card.hpp"
#include "train/model/lora.hpp"
#include "train/model/merge.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sys/file.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

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

ModelOptions model_options(const TrainConfig& config) {
  ModelOptions options = config.compute;
  options.lora = config.lora;
  return options;
}

}  // namespace

Trainer::Trainer(Preparation preparation, ThreadPool& threads, Status& status, const StopFlag& stop,
                 Collective& ranks)
    : prepared_(std::move(preparation)),
      threads_(threads),
      status_(status),
      stop_(stop),
      ranks_(ranks),
      model_(prepared_.model, threads, model_options(prepared_.config),
             [&ranks](std::uint64_t floats) { return ranks.shared_floats(floats); }),
      optimiser_(make_optimiser(prepared_.config.optimiser, model_.trainable(), model_.backend())),
      digests_(prepared_.digest_memory),
      saver_(prepared_.config, prepared_.tokenizer, digests_, threads, status, stop),
      gradients_(model_.gradients()),
      sum_(prepared_.config, model_, ranks) {
  if (prepared_.base && (model_.lora() || !prepared_.checkpoint)) {
    // The base may have no head for labels, or one for others.
    if (!prepared_.model.head.is_language()) model_.initialise_head(prepared_.config.seed);
    prepared_.base->stored().load(model_, threads_);
  }
  if (prepared_.checkpoint) {
    load_checkpoint(*prepared_.checkpoint, model_, *optimiser_);
    state_ = *prepared_.state;
    saver_.resumed(state_.step, *prepared_.checkpoint);
    ++state_.restarts;
  } else if (model_.lora()) {
    if (!prepared_.base->adapter) model_.lora()->initialise(prepared_.config.seed);
  } else if (!prepared_.base) {
    model_.initialise(prepared_.config.seed);
  }
  if (prepared_.base) {
    state_.base = prepared_.base->model.record;
    if (prepared_.base->adapter) state_.adapter = prepared_.base->adapter->record;
  }
  state_.data = prepared_.files;
  state_.data_digest = prepared_.data_digest;
  wall_before_ = state_.wall_seconds;
  state_.gradient_sum = sum_.how();
  if (!sum_.how().empty()) status_.step("gradients are added " + sum_.how());
}

void Trainer::part() {
  ranks_.barrier();
  sum_.leave();
}

double Trainer::wall() const { return wall_before_ + monotonic_seconds() - started_; }

void Trainer::require_number(double value, const char* what, std::int64_t step) {
  if (std::isfinite(value)) return;
  const std::string said =
      fmt::format("step {}: the {} is not a number; no checkpoint was written", step, what);
  const std::string slower =
      "--set optimiser.lr=" + format_number(prepared_.config.optimiser.learning_rate / 3);
  if (is_updated_) {
    saver_.wait();  // the one that is being written counts
    const fs::path& last = saver_.checkpoint();
    throw Error(ExitCode::failed, said,
                last.empty() ? slower : slower + ", and go on from " + last.string());
  }
  // Nothing has changed the parameters yet: no learning rate is to blame.
  const std::string before = said + ": before any update, the model gives no numbers: ";
  if (prepared_.checkpoint)
    throw Error(ExitCode::failed,
                before + "the weights of " + prepared_.checkpoint->string() + " are damaged",
                "--resume with an earlier checkpoint, and " + slower);
  if (prepared_.base)
    throw Error(ExitCode::failed,
                before + "the weights of " + prepared_.config.base +
                    " are damaged, or the data lead to what is not finite",
                "fetch it again, or look at the largest numbers of the data");
  throw Error(ExitCode::failed, before + "its settings or the data lead to what is not finite");
}

Trainer::Outcome Trainer::step(std::int64_t number) {
  const TrainConfig& config = prepared_.config;
  const double begin = monotonic_seconds();
  const auto mean = accumulate(number);
  if (!mean) return Outcome::stopped;  // this step never happened
  const double loss = *mean;
  const double learning_rate = config.schedule().at(number);
  require_number(loss, "loss", number);
  const double norm = gradient_norm(gradients_, model_.backend());
  require_number(norm, "gradient", number);
  const bool skip =
      config.skip_above > 0 && state_.steering.is_outlier(loss, norm, config.skip_above);
  if (skip) {
    status_.warn(
        fmt::format("step {}: loss {:.3f} and gradient norm {:.3g} are far above the last "
                    "ones; not followed",
                    number, loss, norm));
  } else {
    optimiser_->step(learning_rate, number, clip_factor(norm, config.clip));
    is_updated_ = true;
  }

  state_.step = number;
  state_.loss = loss;
  state_.tokens += static_cast<std::uint64_t>(config.tokens_per_step());
  state_.position =
      prepared_.batches->position(static_cast<std::uint64_t>(number * config.rows_per_step()));
  report_step(loss, norm, monotonic_seconds() - begin);
  return Outcome::done;
}

void Trainer::save(Saver::Must must) {
  if (!ranks_.leads()) return;
  state_.wall_seconds = wall();
  state_.steps = prepared_.config.steps;
  state_.config = to_text(prepared_.config.to_json());
  const auto& best = state_.steering.best;
  const bool is_best = prepared_.config.keeps_best() && best && best->step == state_.step;
  saver_.save(state_, model_, *optimiser_, must, is_best ? Saver::Best::yes : Saver::Best::no);
}

bool Trainer::is_due(std::int64_t every) const {
  return every > 0 && state_.step % every == 0 && state_.step != prepared_.config.steps;
}

bool Trainer::has_converged() const {
  const std::int64_t patience = prepared_.config.patience;
  return patience > 0 && state_.steering.stale >= patience;
}

void Trainer::look(std::int64_t number) {
  const TrainConfig& config = prepared_.config;
  const bool is_last = number == config.steps;
  if (is_last || is_due(config.eval_every)) evaluate();
  if (is_last || has_converged() || is_due(config.sample_every)) speak();
}

void Trainer::train_steps() {
  const TrainConfig& config = prepared_.config;
  Task task(status_, "training", static_cast<std::uint64_t>(config.steps - state_.step),
            Status::Unit::items);
  for (std::int64_t number = state_.step + 1; number <= config.steps; ++number) {
    if (step(number) == Outcome::stopped) leave();
    look(number);
    if (has_converged()) {
      status_.step(fmt::format(
          "step {}: no better validation loss in {} evaluations; that of step "
          "{} stays the best, {:.4f}",
          number, state_.steering.stale, state_.steering.best->step, state_.steering.best->loss));
      return;
    }
    if (std::exchange(save_is_wished_, false) || is_due(config.checkpoint_every))
      save(Saver::Must::no);
  }
}

TrainResult Trainer::run() {
  const TrainConfig& config = prepared_.config;
  config.schedule().check();
  started_ = monotonic_seconds();
  if (ranks_.leads()) recorder_.emplace(config, state_.step, status_, stop_);
  const std::uint64_t tokens_before = state_.tokens;
  // Engines that take their nodes back send a second SIGTERM after a while; only a person who
  // presses Ctrl-C twice means it.
  const OnSecondRequest patient(RunSignals::Again::ends_by_interrupt_only);
  if (state_.step < config.steps && !has_converged()) {
    train_steps();
  } else {
    status_.step(fmt::format("step {} is done already: nothing is left to train", state_.step));
  }
  if (recorder_) recorder_->finish();
  save(Saver::Must::yes);
  saver_.wait();
  const double seconds = monotonic_seconds() - started_;
  const double done = static_cast<double>(state_.tokens - tokens_before);
  TrainResult result{
      config.out / "model", saver_.checkpoint(), state_, seconds > 0 ? done / seconds : 0, "", {}};
  if (ranks_.leads()) {
    const fs::path chosen = to_publish();
    if (chosen != result.checkpoint) result.best = state_.steering.best;
    result.model = publish_model(config.out, chosen, digests_);
    result.model_sha256 = weights_sha256(read_manifest(chosen));
    if (config.merge && model_.lora() != nullptr) {
      load_adapter(ModelFiles::in_directory(chosen), model_);
      write_merged(config.out / "model.tmp", model_, prepared_.tokenizer,
                   model_card(config, model_.config(), state_), config.chat.template_text);
      replace_model(config.out);
      result.model_sha256 = file_sha256(result.model / "model.safetensors");
    }
  }
  part();  // all succeed, or all fail
  return result;
}

// The last step, or the best one where the run keeps that.
fs::path Trainer::to_publish() const {
  const fs::path& out = prepared_.config.out;
  const auto& best = state_.steering.best;
  if (!prepared_.config.keeps_best() || !best || best->step == state_.step)
    return saver_.checkpoint();
  if (linked_checkpoint(out, kBest) == step_name(best->step)) return out / step_name(best->step);
  status_.warn(fmt::format("the checkpoint of step {}, the best, is not there: {} is step {}",
                           best->step, (out / "model").string(), state_.step));
  return saver_.checkpoint();
}

void Trainer::leave() {
  const OnSecondRequest writing(RunSignals::Again::is_ignored);
  if (recorder_) recorder_->finish();
  save(Saver::Must::yes);
  saver_.wait();
  part();  // nobody ends the job before the checkpoint is there
  const fs::path kept = ranks_.leads() ? saver_.checkpoint() : prepared_.config.out / "latest";
  throw Error(ExitCode::stopped,
              fmt::format("stopped after step {} of {}; {} holds it", state_.step,
                          prepared_.config.steps, kept.string()),
              "run the same command again to go on");
}

namespace {

TrainResult train_as_rank(const TrainOptions& options, ThreadPool& threads, Status& status,
                          const StopFlag& stop, Collective& ranks) {
  Fd held;
  if (ranks.leads()) {
    held = lock(options.config.out);
    remove_leftovers(options.config.out);
  }
  Preparation preparation = prepare_together(options, threads, status, stop, ranks);
  require_memory(preparation.model, preparation.with_steps(), ranks);
  require_device(preparation.model, preparation.config);
  Trainer trainer(std::move(preparation), threads, status, stop, ranks);
  trainer.settle_steps();
  const Preparation& settled = trainer.preparation();
  if (settled.checkpoint && ranks.leads()) restore_latest(settled.config.out, *settled.checkpoint);
  // Of a run that has come further than it is asked for, run() says so.
  if (settled.checkpoint && settled.state->step <= settled.config.steps)
    status.step(fmt::format("going on from {}, step {} of {}", settled.checkpoint->string(),
                            settled.state->step, settled.config.steps));
  return trainer.run();
}

}  // namespace

TrainResult train(const TrainOptions& options, ThreadPool& threads, Status& status,
                  const StopFlag& stop, Collective& ranks) {
  try {
    return train_as_rank(options, threads, status, stop, ranks);
  } catch (const Error& error) {
    ranks.abort(error);
    throw;
  }
}

}  // namespace aiops::train
