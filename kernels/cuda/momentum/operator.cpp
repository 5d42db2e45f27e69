// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/momentum/momentum.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

#include <cstddef>

namespace aiops::kernels::cuda {

// The interface's struct is the kernel's.
static_assert(sizeof(aiops_momentum_factors) == sizeof(MomentumFactors));
static_assert(offsetof(aiops_momentum_factors, rate) == offsetof(MomentumFactors, rate));

std::uint64_t workspace(aiops_device&, const aiops_momentum& p) {
  Arguments("momentum", AIOPS_BF16)  // that of the copy
      .array("factors", p.factors)
      .array("gradient", p.gradient)
      .optional("gradient_scale", p.gradient_scale)
      .array("value", p.value)
      .array("buffer", p.buffer)
      .optional("copy", p.copy);
  return 0;
}

void launch(const Place& place, const aiops_momentum& p) {
  workspace(place.device, p);
  const MomentumArrays arrays{.value = p.value,
                              .gradient = p.gradient,
                              .buffer = p.buffer,
                              .rounded = as<BFloat16>(p.copy)};
  require_queued(momentum_update(p.count, reinterpret_cast<const MomentumFactors*>(p.factors),
                                 p.gradient_scale, arrays, place.stream));
}

}  // namespace aiops::kernels::cuda
