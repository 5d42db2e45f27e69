// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/layer_norm/backward.cuh"
#include "kernels/cuda/layer_norm/forward.cuh"
#include "kernels/cuda/layer_norm/layer_norm.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const LayerNorm& shape) {
  if (shape.rows < 0 || shape.rows > kLargestGrid)
    return "layer_norm: rows of less than 0 or more than 2^31 - 1";
  if (shape.width < 1 || shape.width > (1 << 30))
    return "layer_norm: width of less than 1 or more than 2^30";
  return nullptr;
}

}  // namespace

template <typename T>
LaunchStatus layer_norm_forward(const LayerNorm& shape, const T* x, const T* weight, const T* bias,
                                T* y, const LayerNormTape& tape, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  const LaunchShape rows{static_cast<unsigned>(shape.rows), kLayerNormThreads};
  return in_packs<T>(
      shape.width,
      [&]<int N>() {
        return launch<layer_norm_forward_kernel<T, N>>(rows, stream, shape, x, weight, bias, y,
                                                       tape);
      },
      x, weight, bias, y);
}

template <typename T>
LaunchStatus layer_norm_backward(const LayerNorm& shape, const T* x, const T* weight,
                                 const LayerNormTape& tape, const T* y_gradient, T* x_gradient,
                                 float* weight_gradient, float* bias_gradient, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  const LaunchShape rows{static_cast<unsigned>(shape.rows), kLayerNormGradientThreads};
  const LaunchStatus input = in_packs<T>(
      shape.width,
      [&]<int N>() {
        return launch<layer_norm_input_gradient_kernel<T, N>>(rows, stream, shape, x, weight, tape,
                                                              y_gradient, x_gradient);
      },
      x, weight, y_gradient, x_gradient);
  if (!input.ok()) return input;
  return launch<layer_norm_parameter_gradient_kernel<T>>(over_columns(shape.width), stream, shape,
                                                         x, tape, y_gradient, weight_gradient,
                                                         bias_gradient);
}

template LaunchStatus layer_norm_forward(const LayerNorm&, const float*, const float*, const float*,
                                         float*, const LayerNormTape&, Stream);
template LaunchStatus layer_norm_forward(const LayerNorm&, const BFloat16*, const BFloat16*,
                                         const BFloat16*, BFloat16*, const LayerNormTape&, Stream);
template LaunchStatus layer_norm_backward(const LayerNorm&, const float*, const float*,
                                          const LayerNormTape&, const float*, float*, float*,
                                          float*, Stream);
template LaunchStatus layer_norm_backward(const LayerNorm&, const BFloat16*, const BFloat16*,
                                          const LayerNormTape&, const BFloat16*, BFloat16*, float*,
                                          float*, Stream);

}  // namespace aiops::kernels::cuda
