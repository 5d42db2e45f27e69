// SPDX-License-Identifier: Apache-2.0
// One block for one row. The maximum and the sum of exponentials are found in one reading: whoever
// meets a larger number scales down what it has. The gradient needs a second reading, which
// overwrites the logits; they are never stored twice.
#pragma once

#include "kernels/cross_entropy.hpp"
#include "kernels/cuda/layer/layer.cuh"

namespace aiops::kernels::cuda {

inline constexpr int kCrossEntropyThreads = 512;

// log(sum of e^x) is log(sum) + most.
struct Exponentials {
  float most, sum;
};

template <typename T, int N>
__device__ __forceinline__ Exponentials exponentials_of_row(std::int64_t vocab, const T* row) {
  float most = -INFINITY;
  float sum = 0;
  for (std::int64_t i = std::int64_t{threadIdx.x} * N; i < vocab; i += kCrossEntropyThreads * N) {
    const auto part = load<N>(row + i);
    float next = most;
#pragma unroll
    for (int k = 0; k < N; ++k) next = fmaxf(next, to_float(part[k]));
    sum *= expf(most - next);  // the first time 0 · e^-inf
    most = next;
#pragma unroll
    for (int k = 0; k < N; ++k) sum += expf(to_float(part[k]) - most);
  }
  const float highest = block_max<kCrossEntropyThreads / kWarp>(most);
  sum = block_sum<kCrossEntropyThreads / kWarp>(sum * expf(most - highest));
  return {highest, sum};
}

template <typename T, int N>
__global__ void __launch_bounds__(kCrossEntropyThreads)
    cross_entropy_forward_kernel(CrossEntropy shape, const T* __restrict__ logits,
                                 const std::int32_t* __restrict__ targets,
                                 float* __restrict__ losses) {
  const std::int64_t row = blockIdx.x;
  const std::int32_t target = targets[row];
  if (target < 0) {
    if (threadIdx.x == 0) losses[row] = 0;
    return;
  }
  logits += row * shape.vocab;
  const Exponentials all = exponentials_of_row<T, N>(shape.vocab, logits);
  if (threadIdx.x == 0) losses[row] = logf(all.sum) + all.most - to_float(logits[target]);
}

template <typename T, int N>
__global__ void __launch_bounds__(kCrossEntropyThreads)
    cross_entropy_backward_kernel(CrossEntropy shape, T* __restrict__ logits,
                                  const std::int32_t* __restrict__ targets, float scale,
                                  float* __restrict__ losses) {
  const std::int64_t row = blockIdx.x;
  const std::int32_t target = targets[row];
  logits += row * shape.vocab;
  Exponentials all{0, 1};
  float loss = 0;
  if (target >= 0) {
    const float right = to_float(logits[target]);  // before it is overwritten
    all = exponentials_of_row<T, N>(shape.vocab, logits);
    loss = logf(all.sum) + all.most - right;
  } else {
    scale = 0;
  }
  const float share = scale / all.sum;
  for (std::int64_t i = std::int64_t{threadIdx.x} * N; i < shape.vocab;
       i += kCrossEntropyThreads * N) {
    auto part = load<N>(logits + i);
#pragma unroll
    for (int k = 0; k < N; ++k) {
      const float softmax = target < 0 ? 0 : expf(to_float(part[k]) - all.most) * share;
      part[k] = from_float<T>(i + k == target ? softmax - scale : softmax);
    }
    store(logits + i, part);
  }
  if (threadIdx.x == 0) losses[row] = loss;
}

}  // namespace aiops::kernels::cuda
