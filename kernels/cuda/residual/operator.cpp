// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/cuda/residual/residual.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_residual& p) {
  Arguments("residual", p.type).array("branch", p.branch).array("stream", p.stream);
  return 0;
}

void launch(const Place& place, const aiops_residual& p) {
  workspace(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return residual_add(p.count, as<T>(p.branch), as<T>(p.stream), place.stream);
  });
}

}  // namespace aiops::kernels::cuda
