// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/rms_norm/backward.cuh"
#include "kernels/cuda/rms_norm/forward.cuh"
#include "kernels/cuda/rms_norm/rms_norm.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const RmsNorm& shape) {
  if (shape.rows < 0 || shape.rows > kLargestGrid)
    return "rms_norm: rows of less than 0 or more than 2^31 - 1";
  if (shape.width < 1 || shape.width > (1 << 30))
    return "rms_norm: width of less than 1 or more than 2^30";
  return nullptr;
}

}  // namespace

template <typename T>
LaunchStatus rms_norm_forward(const RmsNorm& shape, const T* x, const T* weight, T* y,
                              float* reciprocal, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  const LaunchShape rows{static_cast<unsigned>(shape.rows), kRmsNormThreads};
  return in_packs<T>(
      shape.width,
      [&]<int N>() {
        return launch<rms_norm_forward_kernel<T, N>>(rows, stream, shape, x, weight, y, reciprocal);
      },
      x, weight, y);
}

template <typename T>
LaunchStatus rms_norm_backward(const RmsNorm& shape, const T* x, const T* weight,
                               const float* reciprocal, const T* y_gradient, T* x_gradient,
                               float* weight_gradient, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  const LaunchShape rows{static_cast<unsigned>(shape.rows), kRmsNormGradientThreads};
  const LaunchStatus input = in_packs<T>(
      shape.width,
      [&]<int N>() {
        return launch<rms_norm_input_gradient_kernel<T, N>>(rows, stream, shape, x, weight,
                                                            reciprocal, y_gradient, x_gradient);
      },
      x, weight, y_gradient, x_gradient);
  if (!input.ok()) return input;
  return launch<rms_norm_weight_gradient_kernel<T>>(over_columns(shape.width), stream, shape, x,
                                                    reciprocal, y_gradient, weight_gradient);
}

template LaunchStatus rms_norm_forward(const RmsNorm&, const float*, const float*, float*, float*,
                                       Stream);
template LaunchStatus rms_norm_forward(const RmsNorm&, const BFloat16*, const BFloat16*, BFloat16*,
                                       float*, Stream);
template LaunchStatus rms_norm_backward(const RmsNorm&, const float*, const float*, const float*,
                                        const float*, float*, float*, Stream);
template LaunchStatus rms_norm_backward(const RmsNorm&, const BFloat16*, const BFloat16*,
                                        const float*, const BFloat16*, BFloat16*, float*, Stream);

}  // namespace aiops::kernels::cuda
