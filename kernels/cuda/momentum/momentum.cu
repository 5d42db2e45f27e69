// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/momentum/momentum.cuh"

namespace aiops::kernels::cuda {

LaunchStatus momentum_update(std::int64_t count, const MomentumFactors* factors,
                             const float* gradient_scale, const MomentumArrays& arrays,
                             Stream stream) {
  if (count < 0 || count > kMostElements) return refused("momentum: too many elements");
  if (count == 0) return {};
  const auto with = [&]<int N>() {
    return launch<momentum_kernel<N>>(over_elements(count, N), stream, count, factors,
                                      gradient_scale, arrays);
  };
  // The rounded copy moves in packs of half the size.
  if (!is_aligned(arrays.rounded, 8)) return with.template operator()<1>();
  return in_packs<float>(count, with, arrays.value, arrays.gradient, arrays.buffer);
}

LaunchStatus nesterov_direction(std::int64_t count, double momentum, const float* gradient_scale,
                                const NesterovArrays& arrays, Stream stream) {
  if (count < 0 || count > kMostElements) return refused("nesterov: too many elements");
  if (count == 0) return {};
  return in_packs<float>(
      count,
      [&]<int N>() {
        return launch<nesterov_kernel<N>>(over_elements(count, N), stream, count,
                                          static_cast<float>(momentum),
                                          static_cast<float>(1 - momentum), gradient_scale, arrays);
      },
      arrays.gradient, arrays.buffer, arrays.direction);
}

LaunchStatus follow_direction(std::int64_t count, const FollowFactors* factors,
                              const FollowArrays& arrays, Stream stream) {
  if (count < 0 || count > kMostElements) return refused("follow: too many elements");
  if (count == 0) return {};
  const auto with = [&]<int N>() {
    return launch<follow_kernel<N>>(over_elements(count, N), stream, count, factors, arrays);
  };
  // The rounded copy moves in packs of half the size.
  if (!is_aligned(arrays.rounded, 8)) return with.template operator()<1>();
  return in_packs<float>(count, with, arrays.value, arrays.direction);
}

}  // namespace aiops::kernels::cuda
