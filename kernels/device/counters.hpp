// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/device/device.hpp"

#include <cstdint>
#include <optional>

namespace aiops::kernels::device {

// What NVML counts of a GPU, at one moment.
struct Counters {
  std::optional<double> joules;  // since the driver was loaded
  std::optional<int> sm_clock_mhz;
  std::optional<std::uint64_t> throttle_reasons;  // NVML's bits of what holds the clock down
};

// Nothing is known without NVML, and that is no error.
Counters read_counters(const Device& device);

}  // namespace aiops::kernels::device
