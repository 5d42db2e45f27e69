// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/bias/bias.cuh"
#include "kernels/cuda/bias/bias.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const Bias& shape) {
  if (shape.rows < 0 || shape.width < 1) return "bias: rows of less than 0 or width of less than 1";
  if (shape.rows > kMostElements / shape.width) return "bias: too many elements";
  return nullptr;
}

}  // namespace

template <typename T>
LaunchStatus bias_forward(const Bias& shape, const T* bias, T* y, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  return in_packs<T>(
      shape.width,
      [&]<int N>() {
        return launch<bias_forward_kernel<T, N>>(over_elements(shape.rows * shape.width, N), stream,
                                                 shape, bias, y);
      },
      bias, y);
}

template <typename T>
LaunchStatus bias_backward(const Bias& shape, const T* y_gradient, float* bias_gradient,
                           Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  return launch<bias_backward_kernel<T>>(over_columns(shape.width), stream, shape, y_gradient,
                                         bias_gradient);
}

template LaunchStatus bias_forward(const Bias&, const float*, float*, Stream);
template LaunchStatus bias_forward(const Bias&, const BFloat16*, BFloat16*, Stream);
template LaunchStatus bias_backward(const Bias&, const float*, float*, Stream);
template LaunchStatus bias_backward(const Bias&, const BFloat16*, float*, Stream);

}  // namespace aiops::kernels::cuda
