// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/embedding/embedding.hpp"
#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

template <typename T, int N>
__global__ void __launch_bounds__(kElementThreads)
    embedding_forward_kernel(std::int64_t count, std::int64_t width,
                             const std::int32_t* __restrict__ tokens, const T* __restrict__ table,
                             T* __restrict__ out) {
  const std::int64_t i = first_element<N>();
  if (i >= count * width) return;
  const std::int64_t row = tokens[i / width];
  store(out + i, load<N>(table + row * width + i % width));
}

// A block for a token that occurs and kElementThreads columns.
template <typename T>
__global__ void __launch_bounds__(kElementThreads)
    embedding_backward_kernel(OccurrencesThere occurrences, std::int64_t width,
                              const T* __restrict__ out_gradient,
                              float* __restrict__ table_gradient) {
  const std::int64_t column = std::int64_t{blockIdx.y} * kElementThreads + threadIdx.x;
  if (column >= width) return;
  const std::int32_t begin = occurrences.starts[blockIdx.x];
  const std::int32_t end = occurrences.starts[blockIdx.x + 1];
  if (begin >= end) return;
  float* row = table_gradient + std::int64_t{occurrences.tokens[blockIdx.x]} * width;
  float sum = row[column];
  for (std::int32_t k = begin; k < end; ++k)
    sum += to_float(out_gradient[std::int64_t{occurrences.places[k]} * width + column]);
  row[column] = sum;
}

}  // namespace aiops::kernels::cuda
