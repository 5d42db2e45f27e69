// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/cuda/scaled_rows/scaled_rows.hpp"

namespace aiops::kernels::cuda {

std::uint64_t workspace(aiops_device&, const aiops_scaled_rows& p) {
  Arguments("scaled_rows", p.type).array("from", p.from).array("to", p.to);
  return 0;
}

void launch(const Place& place, const aiops_scaled_rows& p) {
  workspace(place.device, p);
  const ScaledRows shape{
      .rows = p.rows,
      .width = p.width,
      .from_stride = p.from_stride,
      .to_stride = p.to_stride,
      .factor = p.factor,
      .accumulate = p.accumulate == AIOPS_ADD ? Accumulate::yes : Accumulate::no};
  queue_for(p.type, [&]<typename T>() {
    return scaled_rows(shape, as<T>(p.from), as<T>(p.to), place.stream);
  });
}

}  // namespace aiops::kernels::cuda
