// SPDX-License-Identifier: Apache-2.0
// Grids over arrays: one thread for every N neighbouring elements.
#pragma once

#include "kernels/cuda/layer/launch.cuh"

namespace aiops::kernels::cuda {

inline constexpr int kElementThreads = 256;
inline constexpr std::int64_t kMostElements = kLargestGrid * kElementThreads;

// For `count` elements, `each` a thread.
inline LaunchShape over_elements(std::int64_t count, int each) {
  const std::int64_t threads = (count + each - 1) / each;
  return {static_cast<unsigned>((threads + kElementThreads - 1) / kElementThreads),
          kElementThreads};
}

// Where the elements of this thread begin.
template <int N>
__device__ __forceinline__ std::int64_t first_element() {
  return (std::int64_t{blockIdx.x} * kElementThreads + threadIdx.x) * N;
}

}  // namespace aiops::kernels::cuda
