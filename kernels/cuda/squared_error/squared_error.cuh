// SPDX-License-Identifier: Apache-2.0
// One block for one row. A thread overwrites none but the outputs that it read itself.
#pragma once

#include "kernels/cuda/layer/layer.cuh"
#include "kernels/squared_error.hpp"

namespace aiops::kernels::cuda {

inline constexpr int kSquaredErrorThreads = 128;

template <typename T>
__device__ __forceinline__ float mean_of_squares(std::int64_t width, const T* outputs,
                                                 const float* values) {
  float sum = 0;
  for (std::int64_t c = threadIdx.x; c < width; c += kSquaredErrorThreads) {
    const float apart = to_float(outputs[c]) - values[c];
    sum += apart * apart;
  }
  return block_sum<kSquaredErrorThreads / kWarp>(sum) / static_cast<float>(width);
}

template <typename T>
__global__ void __launch_bounds__(kSquaredErrorThreads)
    squared_error_forward_kernel(SquaredError shape, const T* __restrict__ outputs,
                                 const std::int32_t* __restrict__ targets,
                                 const float* __restrict__ values, float* __restrict__ losses) {
  const std::int64_t row = blockIdx.x;
  const std::int32_t target = targets[row];
  float loss = 0;
  if (target >= 0)
    loss = mean_of_squares(shape.width, outputs + row * shape.width, values + target * shape.width);
  if (threadIdx.x == 0) losses[row] = loss;
}

template <typename T>
__global__ void __launch_bounds__(kSquaredErrorThreads)
    squared_error_backward_kernel(SquaredError shape, T* __restrict__ outputs,
                                  const std::int32_t* __restrict__ targets,
                                  const float* __restrict__ values, float scale,
                                  float* __restrict__ losses) {
  const std::int64_t row = blockIdx.x;
  const std::int32_t target = targets[row];
  outputs += row * shape.width;
  values += max(target, 0) * shape.width;
  const float slope = 2 * scale / static_cast<float>(shape.width);
  const float loss = target < 0 ? 0 : mean_of_squares(shape.width, outputs, values);
  for (std::int64_t c = threadIdx.x; c < shape.width; c += kSquaredErrorThreads)
    outputs[c] = from_float<T>(target < 0 ? 0 : slope * (to_float(outputs[c]) - values[c]));
  if (threadIdx.x == 0) losses[row] = loss;
}

}  // namespace aiops::kernels::cuda
