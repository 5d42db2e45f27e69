// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gradient_norm/gradient_norm.cuh"

#include <algorithm>

namespace aiops::kernels::cuda {

LaunchStatus squared_norm(std::int64_t count, const float* values, double* parts, double* sum,
                          Stream stream) {
  if (count < 0 || count > kMostElements) return refused("gradient_norm: too many elements");
  std::int64_t used = 0;
  const LaunchStatus first = in_packs<float>(
      count,
      [&]<int N>() -> LaunchStatus {
        LaunchShape shape = over_elements(count, N);
        used = std::min<std::int64_t>(shape.grid.x, kNormParts);
        if (used == 0) return {};
        shape.grid.x = static_cast<unsigned>(used);
        return launch<squared_norm_parts_kernel<N>>(shape, stream, count, values, parts);
      },
      values);
  if (!first.ok()) return first;
  return launch<squared_norm_kernel>({1, kElementThreads}, stream, static_cast<int>(used), parts,
                                     sum);
}

LaunchStatus clip_scale(const double* squares, float max_norm, float* norm, float* scale,
                        Stream stream) {
  return launch<clip_scale_kernel>({1, 1}, stream, squares, max_norm, norm, scale);
}

LaunchStatus normalise(std::int64_t count, const double* squares, double epsilon, float* values,
                       Stream stream) {
  if (count < 0 || count > kMostElements) return refused("normalise: too many elements");
  if (count == 0) return {};
  return in_packs<float>(
      count,
      [&]<int N>() {
        return launch<normalise_kernel<N>>(over_elements(count, N), stream, count, squares, epsilon,
                                           values);
      },
      values);
}

}  // namespace aiops::kernels::cuda
