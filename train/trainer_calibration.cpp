// SPDX-License-Identifier: Apache-2.0
// How long a step takes, before the first one.
#include "base/time.hpp"
#include "base/units.hpp"
#include "train/trainer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace aiops::train {
namespace {

constexpr int kCalibrationSteps = 3;

}  // namespace

// A learning rate of 0 leaves the parameters as they are, bit for bit; the moments are cleared.
double Trainer::calibrate() {
  std::vector<double> seconds;
  for (int i = 0; i <= kCalibrationSteps; ++i) {
    stop_.check();
    const double begin = monotonic_seconds();
    (void)accumulate(1);
    const double norm = gradient_norm(gradients_, model_.backend());
    optimiser_->step(0, 1, clip_factor(norm, prepared_.config.clip));
    stop_.check();  // a step cut short would tell a wrong time
    if (i > 0) seconds.push_back(monotonic_seconds() - begin);  // the first one warms up
  }
  optimiser_->clear();
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

void Trainer::settle_steps() {
  TrainConfig& config = prepared_.config;
  if (config.steps > 0) return;
  config.steps = config.steps_for(prepared_.batches->training());
  if (prepared_.state && config.steps > 0 && config.steps != prepared_.state->steps)
    status_.warn(fmt::format("going on for {} steps altogether, no longer {}", config.steps,
                             prepared_.state->steps));
  if (config.steps > 0) return;
  double seconds = calibrate();
  ranks_.broadcast(std::as_writable_bytes(std::span(&seconds, 1)));  // one clock decides
  config.steps = std::max<std::int64_t>(1, std::llround(config.minutes * 60 / seconds));
  status_.step(fmt::format("a step takes {:.3f} s: {} steps in {} minutes", seconds, config.steps,
                           format_number(config.minutes)));
}

}  // namespace aiops::train
