// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/model/config.hpp"

#include <vector>

namespace aiops::train {

// The frequency of each pair of a head's elements, head_dim/2, stretched as the configuration says.
std::vector<float> scaled_frequencies(const ModelConfig& config);

// What cosine and sine are multiplied by: 1, unless YaRN stretches the positions.
float rope_amplitude(const RopeScaling& scaling);

}  // namespace aiops::train
