// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/bias/bias.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_bias_forward& p) {
  Arguments("bias_forward", p.type).array("bias", p.bias).array("y", p.y);
  return 0;
}

void launch(const Place& place, const aiops_bias_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return bias_forward({p.rows, p.width}, as<T>(p.bias), as<T>(p.y), place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_bias_backward& p) {
  Arguments("bias_backward", p.type)
      .array("y_gradient", p.y_gradient)
      .array("bias_gradient", p.bias_gradient);
  return 0;
}

void launch(const Place& place, const aiops_bias_backward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return bias_backward({p.rows, p.width}, as<T>(p.y_gradient), p.bias_gradient, place.stream);
  });
}

}  // namespace aiops::kernels::cuda
