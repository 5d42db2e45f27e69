// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/layer_norm/layer_norm.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_layer_norm_forward& p) {
  Arguments("layer_norm_forward", p.type)
      .array("x", p.x)
      .array("weight", p.weight)
      .array("bias", p.bias)
      .array("y", p.y)
      .array("mean", p.mean)
      .array("reciprocal", p.reciprocal);
  return 0;
}

void launch(const Place& place, const aiops_layer_norm_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return layer_norm_forward({p.rows, p.width, p.epsilon}, as<T>(p.x), as<T>(p.weight),
                              as<T>(p.bias), as<T>(p.y), {p.mean, p.reciprocal}, place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_layer_norm_backward& p) {
  Arguments("layer_norm_backward", p.type)
      .array("x", p.x)
      .array("weight", p.weight)
      .array("mean", p.mean)
      .array("reciprocal", p.reciprocal)
      .array("y_gradient", p.y_gradient)
      .array("x_gradient", p.x_gradient)
      .array("weight_gradient", p.weight_gradient)
      .array("bias_gradient", p.bias_gradient);
  return 0;
}

void launch(const Place& place, const aiops_layer_norm_backward& p) {
  workspace(place.device, p);
  // Read only here.
  const LayerNormTape tape{const_cast<float*>(p.mean), const_cast<float*>(p.reciprocal)};
  queue_for(p.type, [&]<typename T>() {
    return layer_norm_backward({p.rows, p.width, p.epsilon}, as<T>(p.x), as<T>(p.weight), tape,
                               as<T>(p.y_gradient), as<T>(p.x_gradient), p.weight_gradient,
                               p.bias_gradient, place.stream);
  });
}

}  // namespace aiops::kernels::cuda
