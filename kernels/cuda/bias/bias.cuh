// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/bias.hpp"
#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    bias_forward_kernel(Bias shape, const T* __restrict__ bias, T* __restrict__ y) {
  const std::int64_t i = first_element<N>();
  if (i >= shape.rows * shape.width) return;
  const auto more = load<N>(bias + i % shape.width);
  auto to = load<N>(y + i);
#pragma unroll
  for (int k = 0; k < N; ++k) to[k] = from_float<T>(to_float(to[k]) + to_float(more[k]));
  store(y + i, to);
}

template <typename T>
__global__ void __launch_bounds__(kStripe* kStripeRows)
    bias_backward_kernel(Bias shape, const T* __restrict__ y_gradient,
                         float* __restrict__ bias_gradient) {
  add_column_sums(
      shape.rows, shape.width,
      [&](std::int64_t row, std::int64_t column) {
        return to_float(y_gradient[row * shape.width + column]);
      },
      bias_gradient);
}

}  // namespace aiops::kernels::cuda
