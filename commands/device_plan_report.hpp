// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "train/device/engines.hpp"
#include "train/device/plan.hpp"

#include <string>
#include <vector>

namespace aiops::commands {

struct EngineReport {
  std::vector<train::EngineAnswer> answers;
  std::string not_asked;  // why
};

struct DevicePlanReport {
  const kernels::device::GpuModel& gpu;
  const train::ModelConfig& shape;
  const train::TrainConfig& config;
  train::DeviceMemory memory;
  std::int64_t largest_rows;
  train::DeviceTime time;
  train::DeviceGeneration generation;
  EngineReport engines;
};

OrderedJson to_json(const DevicePlanReport& report);
std::string to_text(const DevicePlanReport& report);

}  // namespace aiops::commands
