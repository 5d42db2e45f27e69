// SPDX-License-Identifier: Apache-2.0
// One block for one row, which is read twice: for the sum of its squares, then, from the cache, to
// be scaled. N elements are moved at a time.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/rms_norm.hpp"

namespace aiops::kernels::cuda {

inline constexpr int kRmsNormThreads = 256;

template <typename T, int N>
__global__ void __launch_bounds__(kRmsNormThreads)
    rms_norm_forward_kernel(RmsNorm shape, const T* __restrict__ x, const T* __restrict__ weight,
                            T* __restrict__ y, float* __restrict__ reciprocal) {
  const std::int64_t row = blockIdx.x;
  const int width = static_cast<int>(shape.width);
  const int first = static_cast<int>(threadIdx.x) * N;
  x += row * width;
  y += row * width;
  float squares = 0;
  for (int i = first; i < width; i += kRmsNormThreads * N) {
    const auto part = load<N>(x + i);
#pragma unroll
    for (int k = 0; k < N; ++k) squares += to_float(part[k]) * to_float(part[k]);
  }
  squares = block_sum<kRmsNormThreads / kWarp>(squares);
  const float r = 1 / sqrtf(squares / static_cast<float>(width) + shape.epsilon);
  for (int i = first; i < width; i += kRmsNormThreads * N) {
    auto part = load<N>(x + i);
    const auto scale = load<N>(weight + i);
#pragma unroll
    for (int k = 0; k < N; ++k)
      part[k] = from_float<T>(to_float(scale[k]) * (to_float(part[k]) * r));
    store(y + i, part);
  }
  if (threadIdx.x == 0) reciprocal[row] = r;
}

}  // namespace aiops::kernels::cuda
