// SPDX-License-Identifier: Apache-2.0
// What a training would take on a GPU that need not be there: memory buffer by buffer from the same
// layout that the engine uses, and times that follow from the datasheet alone. Estimates, all of
// them: nothing here was measured on that GPU.
#pragma once

#include "kernels/device/gpu_models.hpp"
#include "train/config/config.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::train {

struct DeviceBuffer {
  std::string name;
  std::uint64_t bytes = 0;
};

struct DeviceMemory {
  std::vector<DeviceBuffer> buffers;
  std::uint64_t total() const;
};

// For a training step of this configuration on one GPU.
DeviceMemory device_memory(const ModelConfig& model, const TrainConfig& config);

// Throws Error{no_gpu} when the GPU that is to compute has not that much memory free, Error{usage}
// for what it does not compute. Nothing for the CPU.
void require_device(const ModelConfig& model, const TrainConfig& config);

// The most rows of a batch that fit; 0: not even one does.
std::int64_t largest_rows(const ModelConfig& model, const TrainConfig& config,
                          std::uint64_t memory);

// The time that the datasheet would allow.
struct DeviceTime {
  double flop = 0, bytes = 0;
  double computing = 0, moving = 0;  // seconds each would take alone
  double seconds() const { return computing > moving ? computing : moving; }
};
DeviceTime step_time(const ModelConfig& model, const TrainConfig& config,
                     const kernels::device::GpuModel& gpu);

// Generating with one sequence: the weights and the cache of a full context are there, and a token
// reads all of them.
struct DeviceGeneration {
  std::uint64_t weights = 0, cache = 0;
  double seconds_per_token = 0;  // at best
};
DeviceGeneration generation_on(const ModelConfig& model, Precision precision,
                               const kernels::device::GpuModel& gpu);

}  // namespace aiops::train
