// SPDX-License-Identifier: Apache-2.0
// What `aiops device selftest` runs. A name here needs check_NAME() in
// kernels/device/checks/NAME.cpp.
#pragma once

#include "kernels/device/checks/workbench.hpp"

#include <span>

namespace aiops::kernels::device {

#define AIOPS_DEVICE_CHECKS(X) \
  X(copies)                    \
  X(events)                    \
  X(graphs)                    \
  X(embedding)                 \
  X(linear)                    \
  X(bias)                      \
  X(attention)                 \
  X(rope)                      \
  X(rms_norm)                  \
  X(layer_norm)                \
  X(head_norm)                 \
  X(residual)                  \
  X(scaled_rows)               \
  X(gelu)                      \
  X(swiglu)                    \
  X(cross_entropy)             \
  X(squared_error)             \
  X(dropout)                   \
  X(adamw)                     \
  X(momentum)                  \
  X(newton_schulz)             \
  X(gradient_norm)             \
  X(sampling)

#define AIOPS_DECLARE_CHECK(name) void check_##name(Workbench& bench);
AIOPS_DEVICE_CHECKS(AIOPS_DECLARE_CHECK)
#undef AIOPS_DECLARE_CHECK

struct DeviceCheck {
  const char* name;
  void (*run)(Workbench&);
};
std::span<const DeviceCheck> device_checks();

}  // namespace aiops::kernels::device
