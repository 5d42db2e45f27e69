// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cross_entropy/cross_entropy.cuh"
#include "kernels/cuda/cross_entropy/cross_entropy.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const CrossEntropy& shape) {
  if (shape.rows < 0 || shape.rows > kLargestGrid)
    return "cross_entropy: rows of less than 0 or more than 2^31 - 1";
  if (shape.vocab < 1 || shape.vocab > kLargestGrid)
    return "cross_entropy: vocab of less than 1 or more than 2^31 - 1";
  return nullptr;
}

}  // namespace

template <typename T>
LaunchStatus cross_entropy_forward(const CrossEntropy& shape, const T* logits,
                                   const std::int32_t* targets, float* losses, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  const LaunchShape rows{static_cast<unsigned>(shape.rows), kCrossEntropyThreads};
  return in_packs<T>(
      shape.vocab,
      [&]<int N>() {
        return launch<cross_entropy_forward_kernel<T, N>>(rows, stream, shape, logits, targets,
                                                          losses);
      },
      logits);
}

template <typename T>
LaunchStatus cross_entropy_backward(const CrossEntropy& shape, T* logits,
                                    const std::int32_t* targets, float scale, float* losses,
                                    Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  const LaunchShape rows{static_cast<unsigned>(shape.rows), kCrossEntropyThreads};
  return in_packs<T>(
      shape.vocab,
      [&]<int N>() {
        return launch<cross_entropy_backward_kernel<T, N>>(rows, stream, shape, logits, targets,
                                                           scale, losses);
      },
      logits);
}

template LaunchStatus cross_entropy_forward(const CrossEntropy&, const float*, const std::int32_t*,
                                            float*, Stream);
template LaunchStatus cross_entropy_forward(const CrossEntropy&, const BFloat16*,
                                            const std::int32_t*, float*, Stream);
template LaunchStatus cross_entropy_backward(const CrossEntropy&, float*, const std::int32_t*,
                                             float, float*, Stream);
template LaunchStatus cross_entropy_backward(const CrossEntropy&, BFloat16*, const std::int32_t*,
                                             float, float*, Stream);

}  // namespace aiops::kernels::cuda
