// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/cuda/squared_error/squared_error.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_squared_error_forward& p) {
  Arguments("squared_error_forward", p.type)
      .array("outputs", p.outputs)
      .array("targets", p.targets)
      .array("values", p.values)
      .array("losses", p.losses);
  return 0;
}

void launch(const Place& place, const aiops_squared_error_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return squared_error_forward({p.rows, p.width}, as<T>(p.outputs), p.targets, p.values, p.losses,
                                 place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_squared_error_backward& p) {
  Arguments("squared_error_backward", p.type)
      .array("outputs", p.outputs)
      .array("targets", p.targets)
      .array("values", p.values)
      .array("losses", p.losses);
  return 0;
}

void launch(const Place& place, const aiops_squared_error_backward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return squared_error_backward({p.rows, p.width}, as<T>(p.outputs), p.targets, p.values, p.scale,
                                  p.losses, place.stream);
  });
}

}  // namespace aiops::kernels::cuda
