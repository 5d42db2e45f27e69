// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/schedule.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace aiops::train {
namespace {

constexpr std::array<std::pair<const char*, Decay>, 4> kNames{{
    {"constant", Decay::constant},
    {"linear", Decay::linear},
    {"cosine", Decay::cosine},
    {"wsd", Decay::wsd},
}};

// How much of the way down is left when `done` of the decay is over; both from 0 to 1.
double left_after(double done, Decay decay) {
  switch (decay) {
    case Decay::constant:
      return 1;
    case Decay::linear:
      return 1 - done;
    case Decay::cosine:
      return 0.5 * (1 + std::cos(std::numbers::pi * done));
    case Decay::wsd:
      return 1 - std::sqrt(done);
  }
  return 1;
}

}  // namespace

Decay parse_decay(std::string_view word, std::string_view what) {
  for (const auto& [name, decay] : kNames)
    if (word == name) return decay;
  throw Error(ExitCode::usage, std::string(what) + " is '" + std::string(word) +
                                   "', not constant, linear, cosine or wsd");
}

const char* name_of(Decay decay) {
  for (const auto& [name, value] : kNames)
    if (value == decay) return name;
  return "unknown";
}

double Schedule::at(std::int64_t step) const {
  if (step <= warmup) return peak * static_cast<double>(step) / static_cast<double>(warmup);
  const auto begin = decay == Decay::wsd ? std::max(static_cast<double>(warmup),
                                                    static_cast<double>(steps) * (1 - decay_share))
                                         : static_cast<double>(warmup);
  const double length = std::max(1.0, static_cast<double>(steps) - begin);
  const double done =
      std::clamp((static_cast<double>(std::min(step, steps)) - begin) / length, 0.0, 1.0);
  return peak * (floor + (1 - floor) * left_after(done, decay));
}

void Schedule::check() const {
  const auto require = [](bool holds, const char* message) {
    if (!holds) throw Error(ExitCode::usage, message);
  };
  require(std::isfinite(peak) && peak > 0, "the learning rate must be positive");
  require(steps >= 1, "steps must be at least 1");
  require(warmup >= 0 && warmup <= steps, "warm-up must be between 0 and the number of steps");
  require(decay_share > 0 && decay_share <= 1, "the share that decays must be from 0 to 1");
  require(floor >= 0 && floor <= 1, "the floor of the learning rate must be between 0 and 1");
}

}  // namespace aiops::train
