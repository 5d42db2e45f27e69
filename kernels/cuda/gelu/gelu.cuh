// SPDX-License-Identifier: Apache-2.0
// With u = sqrt(2/pi) (x + 0.044715 x³) and t = tanh u: y = x/2 (1 + t) and
// dy/dx = (1 + t)/2 + x/2 (1 - t²) sqrt(2/pi) (1 + 0.134145 x²).
#pragma once

#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

inline constexpr float kGeluScale = 0.7978845608028654F;  // sqrt(2/pi)
inline constexpr float kGeluCube = 0.044715F;

__device__ __forceinline__ float gelu_tanh(float x) {
  return tanhf(kGeluScale * (x + kGeluCube * x * x * x));
}

__device__ __forceinline__ float gelu_slope(float x) {
  const float t = gelu_tanh(x);
  const float inner = kGeluScale * (1 + 3 * kGeluCube * x * x);
  return 0.5F * (1 + t) + 0.5F * x * (1 - t * t) * inner;
}

template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    gelu_forward_kernel(std::int64_t count, const T* x, T* out) {
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  auto part = load<N>(x + i);
#pragma unroll
  for (int k = 0; k < N; ++k) {
    const float value = to_float(part[k]);
    part[k] = from_float<T>(0.5F * value * (1 + gelu_tanh(value)));
  }
  store(out + i, part);
}

template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    gelu_backward_kernel(std::int64_t count, const T* x, const T* out_gradient, T* x_gradient) {
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  const auto part = load<N>(x + i);
  auto gradient = load<N>(out_gradient + i);
#pragma unroll
  for (int k = 0; k < N; ++k)
    gradient[k] = from_float<T>(to_float(gradient[k]) * gelu_slope(to_float(part[k])));
  store(x_gradient + i, gradient);
}

}  // namespace aiops::kernels::cuda
