// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/head_norm/head_norm.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_head_norm_forward& p) {
  Arguments("head_norm_forward", p.type)
      .array("weight", p.weight)
      .array("x", p.x)
      .array("input", p.input)
      .array("reciprocal", p.reciprocal);
  return 0;
}

void launch(const Place& place, const aiops_head_norm_forward& p) {
  workspace(place.device, p);
  const HeadNorm shape{p.rows, p.heads, p.head_dim, p.stride, p.epsilon};
  queue_for(p.type, [&]<typename T>() {
    return head_norm_forward(shape, as<T>(p.weight), as<T>(p.x), as<T>(p.input), p.reciprocal,
                             place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_head_norm_backward& p) {
  Arguments("head_norm_backward", p.type)
      .array("weight", p.weight)
      .array("input", p.input)
      .array("reciprocal", p.reciprocal)
      .array("gradient", p.gradient)
      .array("weight_gradient", p.weight_gradient);
  return 0;
}

void launch(const Place& place, const aiops_head_norm_backward& p) {
  workspace(place.device, p);
  const HeadNorm shape{p.rows, p.heads, p.head_dim, p.stride, p.epsilon};
  queue_for(p.type, [&]<typename T>() {
    return head_norm_backward(shape, as<T>(p.weight), as<T>(p.input), p.reciprocal,
                              as<T>(p.gradient), p.weight_gradient, place.stream);
  });
}

}  // namespace aiops::kernels::cuda
