// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/calls.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/nvml.hpp"
#include "kernels/cuda/plugin/session.hpp"

namespace aiops::kernels::cuda {

std::int32_t read_counters(aiops_device* device, aiops_counters* counters, aiops_fault* fault) {
  return guarded(fault, [&] {
    const Nvml& nvml = device->nvml();
    const std::string pci = device->pci();
    *counters = {.energy_mj = nvml.energy_mj(pci.c_str()),
                 .throttle_reasons = nvml.throttle_reasons(pci.c_str()),
                 .sm_clock_mhz = nvml.clock_now(pci.c_str(), Nvml::sm)};
  });
}

}  // namespace aiops::kernels::cuda
