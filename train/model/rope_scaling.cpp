// SPDX-License-Identifier: Apache-2.0
#include "train/model/rope_scaling.hpp"

#include "kernels/rope.hpp"

#include <algorithm>
#include <numbers>

namespace aiops::train {

std::vector<float> scaled_frequencies(const ModelConfig& config) {
  auto frequencies = kernels::rope_frequencies(config.head_dim, config.rope_theta);
  const RopeScaling& scaling = config.rope_scaling;
  if (scaling.kind == RopeScaling::Kind::none) return frequencies;
  for (float& frequency : frequencies) {
    // The share of the frequency that stays: all of a short wavelength, nothing of a long one.
    double kept = 0;
    if (scaling.kind == RopeScaling::Kind::llama3) {
      const double wavelength = 2 * std::numbers::pi / static_cast<double>(frequency);
      const double turns =
          static_cast<double>(scaling.original_max_position_embeddings) / wavelength;
      kept = std::clamp(
          (turns - scaling.low_freq_factor) / (scaling.high_freq_factor - scaling.low_freq_factor),
          0.0, 1.0);
    }
    frequency =
        static_cast<float>(static_cast<double>(frequency) * ((1 - kept) / scaling.factor + kept));
  }
  return frequencies;
}

}  // namespace aiops::train
