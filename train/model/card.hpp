// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "train/checkpoint/checkpoint.hpp"
#include "train/config/config.hpp"

#include <string>

namespace aiops::train {

// README.md of a checkpoint: front matter as model hubs read it, then what the model was made from.
std::string model_card(const TrainConfig& config, const ModelConfig& model,
                       const TrainerState& state);

}  // namespace aiops::train
