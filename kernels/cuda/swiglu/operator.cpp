// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/cuda/swiglu/swiglu.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_swiglu_forward& p) {
  Arguments("swiglu_forward", p.type).array("gate_up", p.gate_up).array("out", p.out);
  return 0;
}

void launch(const Place& place, const aiops_swiglu_forward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return swiglu_forward({p.rows, p.width}, as<T>(p.gate_up), as<T>(p.out), place.stream);
  });
}

std::uint64_t workspace(aiops_device&, const aiops_swiglu_backward& p) {
  Arguments("swiglu_backward", p.type)
      .array("gate_up", p.gate_up)
      .array("out_gradient", p.out_gradient)
      .array("gate_up_gradient", p.gate_up_gradient);
  return 0;
}

void launch(const Place& place, const aiops_swiglu_backward& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return swiglu_backward({p.rows, p.width}, as<T>(p.gate_up), as<T>(p.out_gradient),
                           as<T>(p.gate_up_gradient), place.stream);
  });
}

}  // namespace aiops::kernels::cuda
