// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/momentum/momentum.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

#include <cstddef>

namespace aiops::kernels::cuda {

// The interface's structs are the kernels'.
static_assert(sizeof(aiops_momentum_factors) == sizeof(MomentumFactors));
static_assert(offsetof(aiops_momentum_factors, rate) == offsetof(MomentumFactors, rate));
static_assert(sizeof(aiops_follow_factors) == sizeof(FollowFactors));
static_assert(offsetof(aiops_follow_factors, rate) == offsetof(FollowFactors, rate));

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

std::uint64_t workspace(aiops_device&, const aiops_nesterov& p) {
  Arguments("nesterov")
      .array("gradient", p.gradient)
      .optional("gradient_scale", p.gradient_scale)
      .array("buffer", p.buffer)
      .array("direction", p.direction);
  return 0;
}

void launch(const Place& place, const aiops_nesterov& p) {
  workspace(place.device, p);
  require_queued(nesterov_direction(
      p.count, p.momentum, p.gradient_scale,
      {.gradient = p.gradient, .buffer = p.buffer, .direction = p.direction}, place.stream));
}

std::uint64_t workspace(aiops_device&, const aiops_follow& p) {
  Arguments("follow", AIOPS_BF16)  // that of the copy
      .array("factors", p.factors)
      .array("direction", p.direction)
      .array("value", p.value)
      .optional("copy", p.copy);
  return 0;
}

void launch(const Place& place, const aiops_follow& p) {
  workspace(place.device, p);
  const FollowArrays arrays{
      .value = p.value, .direction = p.direction, .rounded = as<BFloat16>(p.copy)};
  require_queued(follow_direction(p.count, reinterpret_cast<const FollowFactors*>(p.factors),
                                  arrays, place.stream));
}

}  // namespace aiops::kernels::cuda
