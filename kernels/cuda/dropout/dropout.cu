// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/dropout/dropout.cuh"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const Dropout& shape) {
  if (shape.count < 0 || shape.count > kMostElements) return "dropout: too many elements";
  if (!(shape.rate >= 0 && shape.rate < 1) || dropout_level(shape.rate).dropped > 0xFFFF)
    return "dropout: a rate of less than 0, or of 1";
  return nullptr;
}

// Wherever in a group the first element is: that may be known on the device alone.
LaunchShape over_groups(std::int64_t count) {
  const std::int64_t groups = (count + 2 * (kDropoutGroup - 1)) / kDropoutGroup;
  const std::int64_t threads = groups * kDropoutBlocks;
  return {static_cast<unsigned>((threads + kDropoutThreads - 1) / kDropoutThreads),
          kDropoutThreads};
}

}  // namespace

template <typename T>
LaunchStatus dropout_forward(const Dropout& shape, const DropoutRow& from, const T* x, T* y,
                             Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.count == 0) return {};
  return launch<dropout_forward_kernel<T>>(over_groups(shape.count), stream, shape, from,
                                           dropout_level(shape.rate), x, y);
}

template <typename T>
LaunchStatus dropout_backward(const Dropout& shape, const DropoutRow& from, const T* y_gradient,
                              T* x_gradient, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.count == 0) return {};
  return launch<dropout_backward_kernel<T>>(over_groups(shape.count), stream, shape, from,
                                            dropout_level(shape.rate), y_gradient, x_gradient);
}

template LaunchStatus dropout_forward(const Dropout&, const DropoutRow&, const float*, float*,
                                      Stream);
template LaunchStatus dropout_forward(const Dropout&, const DropoutRow&, const BFloat16*, BFloat16*,
                                      Stream);
template LaunchStatus dropout_backward(const Dropout&, const DropoutRow&, const float*, float*,
                                       Stream);
template LaunchStatus dropout_backward(const Dropout&, const DropoutRow&, const BFloat16*,
                                       BFloat16*, Stream);

}  // namespace aiops::kernels::cuda
