// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cross_entropy/cross_entropy.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_cross_entropy_forward& p) {
  Arguments("cross_entropy_forward", p.type)
      .array("logits", p.logits)
      .array("targets", p.targets)
      .array("losses", p.losses);
  return 0;
}

void launch(const Place& place, const aiops_cross_entropy_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return cross_entropy_forward({p.rows, p.vocab}, as<T>(p.logits), p.targets, p.losses,
                                 place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_cross_entropy_backward& p) {
  Arguments("cross_entropy_backward", p.type)
      .array("logits", p.logits)
      .array("targets", p.targets)
      .array("losses", p.losses);
  return 0;
}

void launch(const Place& place, const aiops_cross_entropy_backward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return cross_entropy_backward({p.rows, p.vocab}, as<T>(p.logits), p.targets, p.scale, p.losses,
                                  place.stream);
  });
}

}  // namespace aiops::kernels::cuda
