// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gradient_norm/gradient_norm.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_gradient_norm& p) {
  Arguments("gradient_norm").array("values", p.values).array("squares", p.squares);
  return kNormParts * sizeof(double);
}

void launch(const Place& place, const aiops_gradient_norm& p) {
  Arguments("gradient_norm").scratch(place.workspace_bytes, workspace(place.device, p));
  require_queued(
      squared_norm(p.count, p.values, as<double>(place.workspace), p.squares, place.stream));
}

std::uint64_t workspace(aiops_device&, const aiops_clip_scale& p) {
  Arguments("clip_scale").array("squares", p.squares).array("norm", p.norm).array("scale", p.scale);
  return 0;
}

void launch(const Place& place, const aiops_clip_scale& p) {
  workspace(place.device, p);
  require_queued(clip_scale(p.squares, p.max_norm, p.norm, p.scale, place.stream));
}

std::uint64_t workspace(aiops_device&, const aiops_normalise& p) {
  Arguments("normalise").array("squares", p.squares).array("values", p.values);
  return 0;
}

void launch(const Place& place, const aiops_normalise& p) {
  workspace(place.device, p);
  require_queued(normalise(p.count, p.squares, p.epsilon, p.values, place.stream));
}

}  // namespace aiops::kernels::cuda
