// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/adamw/adamw.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

#include <cstddef>

namespace aiops::kernels::cuda {

// The interface's struct is the kernel's.
static_assert(sizeof(aiops_adamw_factors) == sizeof(AdamWFactors));
static_assert(offsetof(aiops_adamw_factors, epsilon) == offsetof(AdamWFactors, epsilon));
static_assert(offsetof(aiops_adamw_factors, v_correction) == offsetof(AdamWFactors, v_correction));

std::uint64_t workspace(aiops_device&, const aiops_adamw& p) {
  Arguments("adamw", AIOPS_BF16)  // that of the copy
      .array("factors", p.factors)
      .array("gradient", p.gradient)
      .optional("gradient_scale", p.gradient_scale)
      .array("value", p.value)
      .array("m", p.m)
      .array("v", p.v)
      .optional("copy", p.copy);
  return 0;
}

void launch(const Place& place, const aiops_adamw& p) {
  workspace(place.device, p);
  const AdamWArrays arrays{.value = p.value,
                           .gradient = p.gradient,
                           .m = p.m,
                           .v = p.v,
                           .rounded = as<BFloat16>(p.copy)};
  require_queued(adamw_update(p.count, reinterpret_cast<const AdamWFactors*>(p.factors),
                              p.gradient_scale, arrays, place.stream));
}

}  // namespace aiops::kernels::cuda
