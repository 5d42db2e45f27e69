// SPDX-License-Identifier: Apache-2.0
#include "train/schedule.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

namespace aiops::train {
namespace {

constexpr std::array<std::pair<const char*, Decay>, 3> kNames{{
    {"constant", Decay::constant},
    {"linear", Decay::linear},
    {"cosine", Decay::cosine},
}};

}  // namespace

Decay parse_decay(std::string_view word, std::string_view what) {
  for (const auto& [name, decay] : kNames)
    if (word == name) return decay;
  throw Error(ExitCode::usage, std::string(what) + " is '" + std::string(word) +
                                   "', not constant, linear or cosine");
}

const char* name_of(Decay decay) {
  for (const auto& [name, value] : kNames)
    if (value == decay) return name;
  return "unknown";
}

double Schedule::at(std::int64_t step) const {
  if (step <= warmup) return peak * static_cast<double>(step) / static_cast<double>(warmup);
  if (decay == Decay::constant) return peak;
  const double done = static_cast<double>(std::min(step, steps) - warmup) /
                      static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
  const double left =
      decay == Decay::linear ? 1 - done : 0.5 * (1 + std::cos(std::numbers::pi * done));
  return peak * (floor + (1 - floor) * left);
}

void Schedule::check() const {
  const auto require = [](bool holds, const char* message) {
    if (!holds) throw Error(ExitCode::usage, message);
  };
  require(std::isfinite(peak) && peak > 0, "the learning rate must be positive");
  require(steps >= 1, "steps must be at least 1");
  require(warmup >= 0 && warmup <= steps, "warm-up must be between 0 and the number of steps");
  require(floor >= 0 && floor <= 1, "the floor of the learning rate must be between 0 and 1");
}

}  // namespace aiops::train
