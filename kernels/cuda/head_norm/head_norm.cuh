// SPDX-License-Identifier: Apache-2.0
// One warp for one head. With h = x r and g = dy · weight: dx = r (g - h mean(g h)).
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/head_norm.hpp"

namespace aiops::kernels::cuda {

inline constexpr int kHeadNormThreads = 256;
inline constexpr int kHeadsOfBlock = kHeadNormThreads / kWarp;

template <typename T>
__global__ void __launch_bounds__(kHeadNormThreads)
    head_norm_forward_kernel(HeadNorm shape, const T* __restrict__ weight, T* __restrict__ x,
                             T* __restrict__ input, float* __restrict__ reciprocal) {
  const std::int64_t head = std::int64_t{blockIdx.x} * kHeadsOfBlock + warp_of_thread();
  if (head >= shape.rows * shape.heads) return;
  x += head / shape.heads * shape.stride + head % shape.heads * shape.head_dim;
  input += head * shape.head_dim;
  float squares = 0;
  for (std::int64_t i = lane_of_thread(); i < shape.head_dim; i += kWarp)
    squares += to_float(x[i]) * to_float(x[i]);
  const float r = 1 / sqrtf(warp_sum(squares) / static_cast<float>(shape.head_dim) + shape.epsilon);
  for (std::int64_t i = lane_of_thread(); i < shape.head_dim; i += kWarp) {
    const T value = x[i];
    input[i] = value;
    x[i] = from_float<T>(to_float(weight[i]) * (to_float(value) * r));
  }
  if (lane_of_thread() == 0) reciprocal[head] = r;
}

template <typename T>
__global__ void __launch_bounds__(kHeadNormThreads)
    head_norm_input_gradient_kernel(HeadNorm shape, const T* __restrict__ weight,
                                    const T* __restrict__ input,
                                    const float* __restrict__ reciprocal,
                                    T* __restrict__ gradient) {
  const std::int64_t head = std::int64_t{blockIdx.x} * kHeadsOfBlock + warp_of_thread();
  if (head >= shape.rows * shape.heads) return;
  gradient += head / shape.heads * shape.stride + head % shape.heads * shape.head_dim;
  input += head * shape.head_dim;
  const float r = reciprocal[head];
  float dot = 0;
  for (std::int64_t i = lane_of_thread(); i < shape.head_dim; i += kWarp)
    dot += to_float(gradient[i]) * to_float(weight[i]) * (to_float(input[i]) * r);
  dot = warp_sum(dot) / static_cast<float>(shape.head_dim);
  for (std::int64_t i = lane_of_thread(); i < shape.head_dim; i += kWarp) {
    const float g = to_float(gradient[i]) * to_float(weight[i]);
    gradient[i] = from_float<T>(r * (g - to_float(input[i]) * r * dot));
  }
}

template <typename T>
__global__ void __launch_bounds__(kStripe* kStripeRows)
    head_norm_weight_gradient_kernel(HeadNorm shape, const T* __restrict__ input,
                                     const float* __restrict__ reciprocal,
                                     const T* __restrict__ gradient,
                                     float* __restrict__ weight_gradient) {
  add_column_sums(
      shape.rows * shape.heads, shape.head_dim,
      [&](std::int64_t head, std::int64_t i) {
        const std::int64_t row = head / shape.heads;
        const std::int64_t first = head % shape.heads * shape.head_dim;
        return to_float(gradient[row * shape.stride + first + i]) *
               (to_float(input[head * shape.head_dim + i]) * reciprocal[head]);
      },
      weight_gradient);
}

}  // namespace aiops::kernels::cuda
