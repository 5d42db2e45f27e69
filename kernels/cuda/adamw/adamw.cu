// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/adamw/adamw.cuh"

namespace aiops::kernels::cuda {

LaunchStatus adamw_update(std::int64_t count, const AdamWFactors* factors,
                          const float* gradient_scale, const AdamWArrays& arrays, Stream stream) {
  if (count < 0 || count > kMostElements) return refused("adamw: too many elements");
  if (count == 0) return {};
  const auto with = [&]<int N>() {
    return launch<adamw_kernel<N>>(over_elements(count, N), stream, count, factors, gradient_scale,
                                   arrays);
  };
  // The rounded copy moves in packs of half the size.
  if (!is_aligned(arrays.rounded, 8)) return with.template operator()<1>();
  return in_packs<float>(count, with, arrays.value, arrays.gradient, arrays.m, arrays.v);
}

}  // namespace aiops::kernels::cuda
