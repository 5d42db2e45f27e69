// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gelu/gelu.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_gelu_forward& p) {
  Arguments("gelu_forward", p.type).array("x", p.x).array("out", p.out);
  return 0;
}

void launch(const Place& place, const aiops_gelu_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return gelu_forward(p.count, as<T>(p.x), as<T>(p.out), place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_gelu_backward& p) {
  Arguments("gelu_backward", p.type)
      .array("x", p.x)
      .array("out_gradient", p.out_gradient)
      .array("x_gradient", p.x_gradient);
  return 0;
}

void launch(const Place& place, const aiops_gelu_backward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return gelu_backward(p.count, as<T>(p.x), as<T>(p.out_gradient), as<T>(p.x_gradient),
                         place.stream);
  });
}

}  // namespace aiops::kernels::cuda
