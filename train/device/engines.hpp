// SPDX-License-Identifier: Apache-2.0
// Which engine of a library would run an operator of a model on a described GPU.
#pragma once

#include "kernels/device/gpu_models.hpp"
#include "kernels/device/plugin.hpp"
#include "train/config/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::train {

struct EngineAnswer {
  std::string name;     // of the operator: "attention forward"
  std::string library;  // "cuDNN 9.19.0", or empty
  std::string engine;   // or empty
  int offered = -1;     // configurations; -1: the library could not be asked
  bool deterministic = false;
  std::uint64_t workspace = 0;
  std::string remark;  // why there is no engine
};

// Asks for every operator that libraries serve. Never throws for what they say.
std::vector<EngineAnswer> find_engines(const kernels::device::Plugin& plugin,
                                       const ModelConfig& model, const TrainConfig& config,
                                       const kernels::device::GpuModel& gpu);

}  // namespace aiops::train
