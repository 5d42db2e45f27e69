// SPDX-License-Identifier: Apache-2.0
// Sums down the columns of a matrix, as gradients of weights that every row shares need them. A
// block has kStripe columns and walks down all rows, so that no two blocks ever add to the same
// number: no atomics, and a sum whose order does not depend on who comes first.
#pragma once

#include "kernels/cuda/layer/launch.cuh"
#include "kernels/cuda/layer/shared.cuh"

namespace aiops::kernels::cuda {

inline constexpr int kStripe = 32;     // columns of a block
inline constexpr int kStripeRows = 8;  // rows that it works on at a time

inline LaunchShape over_columns(std::int64_t width) {
  return {static_cast<unsigned>((width + kStripe - 1) / kStripe), dim3(kStripe, kStripeRows)};
}

// into[column] += the sum of term(row, column) over all rows. Every thread of the block calls it;
// ends with a barrier.
template <typename Term>
__device__ __forceinline__ void add_column_sums(std::int64_t rows, std::int64_t width,
                                                const Term& term, float* into) {
  AIOPS_SHARED(float, sums, [kStripeRows][kStripe]);
  const int lane = static_cast<int>(threadIdx.x);
  const std::int64_t column = std::int64_t{blockIdx.x} * kStripe + lane;
  float sum = 0;
  if (column < width)
    for (std::int64_t row = threadIdx.y; row < rows; row += kStripeRows) sum += term(row, column);
  sums[threadIdx.y][lane] = sum;
  __syncthreads();
  if (threadIdx.y == 0 && column < width) {
    sum = 0;
#pragma unroll
    for (int part = 0; part < kStripeRows; ++part) sum += sums[part][lane];
    into[column] += sum;
  }
  __syncthreads();
}

}  // namespace aiops::kernels::cuda
