// SPDX-License-Identifier: Apache-2.0
// GPUs that need not be there: what cuDNN is told about them, and what their makers promise.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::kernels::device {

struct GpuModel {
  std::string name = {};   // "h100"
  std::string title = {};  // "NVIDIA H100 80GB HBM3"
  int major = 0, minor = 0;
  std::uint64_t memory = 0;
  // Of the datasheet: dense, with sums in fp32. Nobody reaches them.
  double bf16_flops = 0, fp32_flops = 0;  // a second
  double memory_bytes = 0;                // a second
  std::string source = {};                // where the rates are written
  std::string description = {};           // in cuDNN's JSON
};

// Sorted.
std::vector<std::string> gpu_names();
std::span<const GpuModel> gpu_models();
// Throws Error{usage} that names those that there are.
const GpuModel& gpu_model(std::string_view name);

}  // namespace aiops::kernels::device
