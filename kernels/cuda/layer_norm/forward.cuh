// SPDX-License-Identifier: Apache-2.0
// One block for one row, read three times, the last two from the cache: for its mean, for its
// variance about that mean (the difference of two large sums would lose it), and to be scaled.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/layer_norm.hpp"

namespace aiops::kernels::cuda {

inline constexpr int kLayerNormThreads = 256;

template <typename T, int N>
__global__ void __launch_bounds__(kLayerNormThreads)
    layer_norm_forward_kernel(LayerNorm shape, const T* __restrict__ x,
                              const T* __restrict__ weight, const T* __restrict__ bias,
                              T* __restrict__ y, LayerNormTape tape) {
  const std::int64_t row = blockIdx.x;
  const int width = static_cast<int>(shape.width);
  const int first = static_cast<int>(threadIdx.x) * N;
  x += row * width;
  y += row * width;
  float sum = 0;
  for (int i = first; i < width; i += kLayerNormThreads * N) {
    const auto part = load<N>(x + i);
#pragma unroll
    for (int k = 0; k < N; ++k) sum += to_float(part[k]);
  }
  const float mean = block_sum<kLayerNormThreads / kWarp>(sum) / static_cast<float>(width);
  __syncthreads();  // the first sum has been read by all
  float squares = 0;
  for (int i = first; i < width; i += kLayerNormThreads * N) {
    const auto part = load<N>(x + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      const float apart = to_float(part[k]) - mean;
      squares += apart * apart;
    }
  }
  squares = block_sum<kLayerNormThreads / kWarp>(squares);
  const float r = 1 / sqrtf(squares / static_cast<float>(width) + shape.epsilon);
  for (int i = first; i < width; i += kLayerNormThreads * N) {
    auto part = load<N>(x + i);
    const auto scale = load<N>(weight + i);
    const auto shift = load<N>(bias + i);
#pragma unroll
    for (int k = 0; k < N; ++k)
      part[k] =
          from_float<T>(to_float(scale[k]) * ((to_float(part[k]) - mean) * r) + to_float(shift[k]));
    store(y + i, part);
  }
  if (threadIdx.x == 0) {
    tape.mean[row] = mean;
    tape.reciprocal[row] = r;
  }
}

}  // namespace aiops::kernels::cuda
