// SPDX-License-Identifier: Apache-2.0
#include "kernels/device/checks/checks.hpp"

namespace aiops::kernels::device {

std::span<const DeviceCheck> device_checks() {
#define AIOPS_CHECK(name) {#name, check_##name},
  static constexpr DeviceCheck kAll[] = {AIOPS_DEVICE_CHECKS(AIOPS_CHECK)};
#undef AIOPS_CHECK
  return kAll;
}

}  // namespace aiops::kernels::device
