// SPDX-License-Identifier: Apache-2.0
// With h = (x - mean) r and g = dy · weight: dx = r (g - mean(g) - h mean(g h)),
// dweight = sum over rows of dy h, dbias = sum over rows of dy.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/layer_norm.hpp"

namespace aiops::kernels::cuda {

inline constexpr int kLayerNormGradientThreads = 256;

template <typename T, int N>
__global__ void __launch_bounds__(kLayerNormGradientThreads)
    layer_norm_input_gradient_kernel(LayerNorm shape, const T* __restrict__ x,
                                     const T* __restrict__ weight, LayerNormTape tape,
                                     const T* __restrict__ y_gradient, T* __restrict__ x_gradient) {
  const std::int64_t row = blockIdx.x;
  const int width = static_cast<int>(shape.width);
  const int first = static_cast<int>(threadIdx.x) * N;
  x += row * width;
  y_gradient += row * width;
  x_gradient += row * width;
  const float mean = tape.mean[row];
  const float r = tape.reciprocal[row];
  float sum = 0;
  float dot = 0;
  for (int i = first; i < width; i += kLayerNormGradientThreads * N) {
    const auto part = load<N>(x + i);
    const auto dy = load<N>(y_gradient + i);
    const auto scale = load<N>(weight + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      const float g = to_float(dy[k]) * to_float(scale[k]);
      sum += g;
      dot += g * ((to_float(part[k]) - mean) * r);
    }
  }
  sum = block_sum<kLayerNormGradientThreads / kWarp>(sum) / static_cast<float>(width);
  __syncthreads();  // it has been read by all
  dot = block_sum<kLayerNormGradientThreads / kWarp>(dot) / static_cast<float>(width);
  for (int i = first; i < width; i += kLayerNormGradientThreads * N) {
    const auto part = load<N>(x + i);
    const auto dy = load<N>(y_gradient + i);
    const auto scale = load<N>(weight + i);
    auto dx = load<N>(x_gradient + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      const float g = to_float(dy[k]) * to_float(scale[k]);
      const float h = (to_float(part[k]) - mean) * r;
      dx[k] = from_float<T>(to_float(dx[k]) + r * (g - sum - h * dot));
    }
    store(x_gradient + i, dx);
  }
}

template <typename T>
__global__ void __launch_bounds__(kStripe* kStripeRows)
    layer_norm_parameter_gradient_kernel(LayerNorm shape, const T* __restrict__ x,
                                         LayerNormTape tape, const T* __restrict__ y_gradient,
                                         float* __restrict__ weight_gradient,
                                         float* __restrict__ bias_gradient) {
  add_column_sums(
      shape.rows, shape.width,
      [&](std::int64_t row, std::int64_t column) {
        const std::int64_t i = row * shape.width + column;
        return to_float(y_gradient[i]) * ((to_float(x[i]) - tape.mean[row]) * tape.reciprocal[row]);
      },
      weight_gradient);
  add_column_sums(
      shape.rows, shape.width,
      [&](std::int64_t row, std::int64_t column) {
        return to_float(y_gradient[row * shape.width + column]);
      },
      bias_gradient);
}

}  // namespace aiops::kernels::cuda
