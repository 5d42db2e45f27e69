// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/scaled_rows.hpp"

namespace aiops::kernels::cuda {

// One thread for N neighbouring elements of a row. Not __restrict__: it may run in place.
template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    scaled_rows_kernel(ScaledRows shape, const T* from, T* to) {
  const std::int64_t i = first_element<N>();
  if (i >= shape.rows * shape.width) return;
  const std::int64_t row = i / shape.width;
  const std::int64_t column = i - row * shape.width;
  const auto source = load<N>(from + row * shape.from_stride + column);
  to += row * shape.to_stride + column;
  Vector<T, N> result;
  if (shape.accumulate == Accumulate::yes) {
    result = load<N>(to);
#pragma unroll
    for (int k = 0; k < N; ++k)
      result[k] = from_float<T>(to_float(result[k]) + shape.factor * to_float(source[k]));
  } else {
#pragma unroll
    for (int k = 0; k < N; ++k) result[k] = from_float<T>(shape.factor * to_float(source[k]));
  }
  store(to, result);
}

}  // namespace aiops::kernels::cuda
