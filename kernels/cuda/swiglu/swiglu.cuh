// SPDX-License-Identifier: Apache-2.0
// With s = sigmoid(gate) and silu = gate s: out = silu up, dup = dout silu,
// dgate = dout up s (1 + gate (1 - s)).
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/swiglu.hpp"

namespace aiops::kernels::cuda {

__device__ __forceinline__ float sigmoid(float x) { return 1 / (1 + expf(-x)); }

template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    swiglu_forward_kernel(Swiglu shape, const T* __restrict__ gate_up, T* __restrict__ out) {
  const std::int64_t i = first_element<N>();
  if (i >= shape.rows * shape.width) return;
  const std::int64_t row = i / shape.width;
  gate_up += i + row * shape.width;
  const auto gate = load<N>(gate_up);
  const auto up = load<N>(gate_up + shape.width);
  Vector<T, N> result;
#pragma unroll
  for (int k = 0; k < N; ++k) {
    const float g = to_float(gate[k]);
    result[k] = from_float<T>(g * sigmoid(g) * to_float(up[k]));
  }
  store(out + i, result);
}

template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    swiglu_backward_kernel(Swiglu shape, const T* __restrict__ gate_up,
                           const T* __restrict__ out_gradient, T* __restrict__ gate_up_gradient) {
  const std::int64_t i = first_element<N>();
  if (i >= shape.rows * shape.width) return;
  const std::int64_t both = i + i / shape.width * shape.width;
  const auto gate = load<N>(gate_up + both);
  const auto up = load<N>(gate_up + both + shape.width);
  const auto gradient = load<N>(out_gradient + i);
  Vector<T, N> to_gate, to_up;
#pragma unroll
  for (int k = 0; k < N; ++k) {
    const float g = to_float(gate[k]);
    const float s = sigmoid(g);
    const float dout = to_float(gradient[k]);
    to_gate[k] = from_float<T>(dout * to_float(up[k]) * s * (1 + g * (1 - s)));
    to_up[k] = from_float<T>(dout * g * s);
  }
  store_whole(gate_up_gradient + both, to_gate);
  store_whole(gate_up_gradient + both + shape.width, to_up);
}

}  // namespace aiops::kernels::cuda
