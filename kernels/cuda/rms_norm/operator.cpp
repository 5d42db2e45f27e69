// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/cuda/rms_norm/rms_norm.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_rms_norm_forward& p) {
  Arguments("rms_norm_forward", p.type)
      .array("x", p.x)
      .array("weight", p.weight)
      .array("y", p.y)
      .array("reciprocal", p.reciprocal);
  return 0;
}

void launch(const Place& place, const aiops_rms_norm_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return rms_norm_forward({p.rows, p.width, p.epsilon}, as<T>(p.x), as<T>(p.weight), as<T>(p.y),
                            p.reciprocal, place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_rms_norm_backward& p) {
  Arguments("rms_norm_backward", p.type)
      .array("x", p.x)
      .array("weight", p.weight)
      .array("reciprocal", p.reciprocal)
      .array("y_gradient", p.y_gradient)
      .array("x_gradient", p.x_gradient)
      .array("weight_gradient", p.weight_gradient);
  return 0;
}

void launch(const Place& place, const aiops_rms_norm_backward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return rms_norm_backward({p.rows, p.width, p.epsilon}, as<T>(p.x), as<T>(p.weight),
                             p.reciprocal, as<T>(p.y_gradient), as<T>(p.x_gradient),
                             p.weight_gradient, place.stream);
  });
}

}  // namespace aiops::kernels::cuda
