// SPDX-License-Identifier: Apache-2.0
// What a person and metrics.jsonl hear of a step.
#include "base/units.hpp"
#include "train/trainer.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

namespace aiops::train {
namespace {

std::string rate_text(double tokens_per_second) {
  return format_count(static_cast<std::uint64_t>(tokens_per_second)) + " tok/s";
}

}  // namespace

void Trainer::report_step(double loss, double norm, double seconds) {
  const double rate = static_cast<double>(prepared_.config.tokens_per_step()) / seconds;
  status_.note(fmt::format("loss {:.3f}  {}", loss, rate_text(rate)));
  status_.advance(1);
  if (!metrics_) return;  // another rank writes
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

}  // namespace aiops::train
