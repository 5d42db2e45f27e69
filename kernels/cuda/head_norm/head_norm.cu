// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/head_norm/head_norm.cuh"
#include "kernels/cuda/head_norm/head_norm.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const HeadNorm& shape) {
  if (shape.rows < 0 || shape.heads < 1 || shape.head_dim < 1)
    return "head_norm: rows of less than 0, heads or head_dim of less than 1";
  if (shape.stride < shape.heads * shape.head_dim) return "head_norm: the heads exceed the stride";
  if (shape.rows > kLargestGrid / shape.heads) return "head_norm: too many heads";
  return nullptr;
}

LaunchShape over_heads(const HeadNorm& shape) {
  const std::int64_t heads = shape.rows * shape.heads;
  return {static_cast<unsigned>((heads + kHeadsOfBlock - 1) / kHeadsOfBlock), kHeadNormThreads};
}

}  // namespace

template <typename T>
LaunchStatus head_norm_forward(const HeadNorm& shape, const T* weight, T* x, T* input,
                               float* reciprocal, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  return launch<head_norm_forward_kernel<T>>(over_heads(shape), stream, shape, weight, x, input,
                                             reciprocal);
}

template <typename T>
LaunchStatus head_norm_backward(const HeadNorm& shape, const T* weight, const T* input,
                                const float* reciprocal, T* gradient, float* weight_gradient,
                                Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  // First, while the gradient is still that of the output.
  const LaunchStatus weights = launch<head_norm_weight_gradient_kernel<T>>(
      over_columns(shape.head_dim), stream, shape, input, reciprocal, gradient, weight_gradient);
  if (!weights.ok()) return weights;
  return launch<head_norm_input_gradient_kernel<T>>(over_heads(shape), stream, shape, weight, input,
                                                    reciprocal, gradient);
}

template LaunchStatus head_norm_forward(const HeadNorm&, const float*, float*, float*, float*,
                                        Stream);
template LaunchStatus head_norm_forward(const HeadNorm&, const BFloat16*, BFloat16*, BFloat16*,
                                        float*, Stream);
template LaunchStatus head_norm_backward(const HeadNorm&, const float*, const float*, const float*,
                                         float*, float*, Stream);
template LaunchStatus head_norm_backward(const HeadNorm&, const BFloat16*, const BFloat16*,
                                         const float*, BFloat16*, float*, Stream);

}  // namespace aiops::kernels::cuda
