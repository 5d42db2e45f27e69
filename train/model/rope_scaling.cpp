// SPDX-License-Identifier: Apache-2.0
#include "train/model/rope_scaling.hpp"

#include "kernels/rope.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace aiops::train {

namespace {

using Kind = RopeScaling::Kind;

// The share of the frequency that stays, by how often a pair turns over the length learnt first:
// all of those that turn often, nothing of slow ones.
double kept_by_llama3(const RopeScaling& scaling, double frequency) {
  const double wavelength = 2 * std::numbers::pi / frequency;
  const double turns = static_cast<double>(scaling.original_max_position_embeddings) / wavelength;
  return std::clamp(
      (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor), 0.0,
      1.0);
}

// Peng et al., "YaRN" (2023), §3.2, with its usual borders of 32 turns and one, as transformers and
// llama.cpp have it: a ramp over whole pairs, from the last that turns 32 times.
double kept_by_yarn(const ModelConfig& config, std::int64_t pair) {
  const auto pair_that_turns = [&](double times) {
    const auto length = static_cast<double>(config.rope_scaling.original_max_position_embeddings);
    return static_cast<double>(config.head_dim) *
           std::log(length / (times * 2 * std::numbers::pi)) / (2 * std::log(config.rope_theta));
  };
  constexpr double kOften = 32;
  constexpr double kSeldom = 1;
  constexpr double kLeast = 0.001;  // of a ramp's length
  const double low = std::max(0.0, std::floor(pair_that_turns(kOften)));
  const double high =
      std::min(static_cast<double>(config.head_dim - 1), std::ceil(pair_that_turns(kSeldom)));
  const double ramp = (static_cast<double>(pair) - low) / std::max(kLeast, high - low);
  return 1 - std::clamp(ramp, 0.0, 1.0);
}

double kept(const ModelConfig& config, std::int64_t pair, double frequency) {
  switch (config.rope_scaling.kind) {
    case Kind::none:
      return 1;
    case Kind::linear:
      return 0;
    case Kind::llama3:
      return kept_by_llama3(config.rope_scaling, frequency);
    case Kind::yarn:
      return kept_by_yarn(config, pair);
  }
  return 1;
}

}  // namespace

std::vector<float> scaled_frequencies(const ModelConfig& config) {
  auto frequencies = kernels::rope_frequencies(config.head_dim, config.rope_theta);
  if (config.rope_scaling.kind == Kind::none) return frequencies;
  std::int64_t pair = 0;
  for (float& frequency : frequencies) {
    const double share = kept(config, pair++, static_cast<double>(frequency));
    frequency = static_cast<float>(static_cast<double>(frequency) *
                                   ((1 - share) / config.rope_scaling.factor + share));
  }
  return frequencies;
}

float rope_amplitude(const RopeScaling& scaling) {
  if (scaling.kind != Kind::yarn) return 1;
  return static_cast<float>(0.1 * std::log(scaling.factor) + 1);  // YaRN §3.4
}

}  // namespace aiops::train
