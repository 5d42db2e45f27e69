// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/residual/residual.cuh"
#include "kernels/cuda/residual/residual.hpp"

namespace aiops::kernels::cuda {

template <typename T>
LaunchStatus residual_add(std::int64_t count, const T* branch, T* stream, Stream where) {
  if (count < 0 || count > kMostElements) return refused("residual: too many elements");
  if (count == 0) return {};
  return in_packs<T>(
      count,
      [&]<int N>() {
        return launch<residual_add_kernel<T, N>>(over_elements(count, N), where, count, branch,
                                                 stream);
      },
      branch, stream);
}

template LaunchStatus residual_add(std::int64_t, const float*, float*, Stream);
template LaunchStatus residual_add(std::int64_t, const BFloat16*, BFloat16*, Stream);

}  // namespace aiops::kernels::cuda
