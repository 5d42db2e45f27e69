// SPDX-License-Identifier: Apache-2.0
// With h = x r and g = dy · weight: dx = r (g - h mean(g h)), dweight = sum over rows of dy h.
//
// Two kernels. The first gives a row to a block, the second sums down columns.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/rms_norm.hpp"

namespace aiops::kernels::cuda {

inline constexpr int kRmsNormGradientThreads = 256;

template <typename T, int N>
__global__ void __launch_bounds__(kRmsNormGradientThreads)
    rms_norm_input_gradient_kernel(RmsNorm shape, const T* __restrict__ x,
                                   const T* __restrict__ weight,
                                   const float* __restrict__ reciprocal,
                                   const T* __restrict__ y_gradient, T* __restrict__ x_gradient) {
  const std::int64_t row = blockIdx.x;
  const int width = static_cast<int>(shape.width);
  const int first = static_cast<int>(threadIdx.x) * N;
  x += row * width;
  y_gradient += row * width;
  x_gradient += row * width;
  float dot = 0;
  for (int i = first; i < width; i += kRmsNormGradientThreads * N) {
    const auto h = load<N>(x + i);
    const auto dy = load<N>(y_gradient + i);
    const auto scale = load<N>(weight + i);
#pragma unroll
    for (int k = 0; k < N; ++k) dot += to_float(dy[k]) * to_float(scale[k]) * to_float(h[k]);
  }
  const float r = reciprocal[row];
  const float along =
      block_sum<kRmsNormGradientThreads / kWarp>(dot) * r * r / static_cast<float>(width);
  for (int i = first; i < width; i += kRmsNormGradientThreads * N) {
    const auto h = load<N>(x + i);
    const auto dy = load<N>(y_gradient + i);
    const auto scale = load<N>(weight + i);
    auto dx = load<N>(x_gradient + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      const float through = to_float(dy[k]) * to_float(scale[k]) - to_float(h[k]) * along;
      dx[k] = from_float<T>(to_float(dx[k]) + r * through);
    }
    store(x_gradient + i, dx);
  }
}

template <typename T>
__global__ void __launch_bounds__(kStripe* kStripeRows)
    rms_norm_weight_gradient_kernel(RmsNorm shape, const T* __restrict__ x,
                                    const float* __restrict__ reciprocal,
                                    const T* __restrict__ y_gradient,
                                    float* __restrict__ weight_gradient) {
  add_column_sums(
      shape.rows, shape.width,
      [&](std::int64_t row, std::int64_t column) {
        const std::int64_t i = row * shape.width + column;
        return to_float(y_gradient[i]) * (to_float(x[i]) * reciprocal[row]);
      },
      weight_gradient);
}

}  // namespace aiops::kernels::cuda
