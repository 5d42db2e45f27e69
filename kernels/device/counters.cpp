// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/counters.hpp"

namespace aiops::kernels::device {

Counters read_counters(const Device& device) {
  aiops_counters said{};
  aiops_fault fault{};
  const std::int32_t code = device.api().read_counters(device.handle(), &said, &fault);
  if (code == AIOPS_NO_GPU) return {};
  require(code, fault);
  Counters counters;
  if (said.energy_mj != AIOPS_NOT_TOLD)
    counters.joules = static_cast<double>(said.energy_mj) * 1e-3;
  if (said.sm_clock_mhz > 0) counters.sm_clock_mhz = said.sm_clock_mhz;
  if (said.throttle_reasons != AIOPS_NOT_TOLD) counters.throttle_reasons = said.throttle_reasons;
  return counters;
}

}  // namespace aiops::kernels::device
