// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/adamw/adamw.hpp"
#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

template <int N>
__global__ void __launch_bounds__(kElementThreads)
    adamw_kernel(std::int64_t count, const AdamWFactors* __restrict__ factors,
                 const float* __restrict__ gradient_scale, AdamWArrays arrays) {
  const std::int64_t i = first_element<N>();
  if (i >= count) return;
  const AdamWFactors f = *factors;
  const float scale = f.gradient * (gradient_scale == nullptr ? 1 : *gradient_scale);
  const auto gradient = load_once<N>(arrays.gradient + i);
  auto value = load<N>(arrays.value + i);
  auto m = load<N>(arrays.m + i);
  auto v = load<N>(arrays.v + i);
  Vector<BFloat16, N> rounded;
#pragma unroll
  for (int k = 0; k < N; ++k) {
    const float g = gradient[k] * scale;
    m[k] = f.beta1 * m[k] + f.rest1 * g;
    v[k] = f.beta2 * v[k] + f.rest2 * (g * g);
    const float denominator = sqrtf(v[k] * f.v_correction) + f.epsilon;
    value[k] = value[k] * f.keep - f.rate * (m[k] / denominator);
    rounded[k] = to_bfloat16(value[k]);
  }
  store(arrays.value + i, value);
  store(arrays.m + i, m);
  store(arrays.v + i, v);
  if (arrays.rounded != nullptr) store(arrays.rounded + i, rounded);
}

}  // namespace aiops::kernels::cuda
