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

}  // namespace aiops::kernels::cuda
