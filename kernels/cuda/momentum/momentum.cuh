// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/cuda/momentum/momentum.hpp"

namespace aiops::kernels::cuda {

template <int N>
__global__ void __launch_bounds__(kElementThreads)
    momentum_kernel(std::int64_t count, const MomentumFactors* __restrict__ factors,
                    const float* __restrict__ gradient_scale, MomentumArrays arrays) {
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  const MomentumFactors f = *factors;
  const float scale = gradient_scale == nullptr ? 1 : *gradient_scale;
  const auto gradient = load_once<N>(arrays.gradient + i);
  auto value = load<N>(arrays.value + i);
  auto buffer = load<N>(arrays.buffer + i);
  Vector<BFloat16, N> rounded;
#pragma unroll
  for (int k = 0; k < N; ++k) {
    buffer[k] = f.momentum * buffer[k] + scale * gradient[k];
    value[k] = value[k] * f.keep - f.rate * buffer[k];
    rounded[k] = to_bfloat16(value[k]);
  }
  store(arrays.value + i, value);
  store(arrays.buffer + i, buffer);
  if (arrays.rounded != nullptr) store(arrays.rounded + i, rounded);
}

// `rest` is 1 - momentum, made in double precision.
template <int N>
__global__ void __launch_bounds__(kElementThreads)
    nesterov_kernel(std::int64_t count, float momentum, float rest,
                    const float* __restrict__ gradient_scale, NesterovArrays arrays) {
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  const float scale = rest * (gradient_scale == nullptr ? 1 : *gradient_scale);
  const auto gradient = load_once<N>(arrays.gradient + i);
  auto buffer = load<N>(arrays.buffer + i);
  Vector<float, N> direction;
#pragma unroll
  for (int k = 0; k < N; ++k) {
    const float fresh = scale * gradient[k];
    buffer[k] = momentum * buffer[k] + fresh;
    direction[k] = momentum * buffer[k] + fresh;
  }
  store(arrays.buffer + i, buffer);
  store(arrays.direction + i, direction);
}

template <int N>
__global__ void __launch_bounds__(kElementThreads)
    follow_kernel(std::int64_t count, const FollowFactors* __restrict__ factors,
                  FollowArrays arrays) {
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  const FollowFactors f = *factors;
  const auto direction = load_once<N>(arrays.direction + i);
  auto value = load<N>(arrays.value + i);
  Vector<BFloat16, N> rounded;
#pragma unroll
  for (int k = 0; k < N; ++k) {
    value[k] = value[k] * f.keep - f.rate * direction[k];
    rounded[k] = to_bfloat16(value[k]);
  }
  store(arrays.value + i, value);
  if (arrays.rounded != nullptr) store(arrays.rounded + i, rounded);
}

}  // namespace aiops::kernels::cuda
