// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/rope/rope.cuh"
#include "kernels/cuda/rope/rope.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const Rope& shape) {
  if (shape.rows < 0 || shape.heads < 1 || shape.head_dim < 2 || shape.head_dim % 2 != 0)
    return "rope: rows of less than 0, heads of less than 1, or an odd head_dim";
  if (shape.stride < shape.heads * shape.head_dim) return "rope: the heads exceed the stride";
  if (shape.positions.empty() && shape.length < 1) return "rope: rows without a length";
  if (shape.rows > kMostElements / shape.stride) return "rope: too many elements";
  return nullptr;
}

template <Turn Direction, typename T>
LaunchStatus turn(const Rope& shape, const float* cosine, const float* sine, T* x, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  const RopePlaces places{shape.rows,
                          shape.length,
                          shape.heads,
                          shape.head_dim / 2,
                          shape.stride,
                          shape.first,
                          shape.positions.empty() ? nullptr : shape.positions.data()};
  return launch<rope_kernel<T, Direction>>(
      over_elements(shape.rows * shape.heads * shape.head_dim / 2, 1), stream, places, cosine, sine,
      x);
}

}  // namespace

template <typename T>
LaunchStatus rope_forward(const Rope& shape, const float* cosine, const float* sine, T* x,
                          Stream stream) {
  return turn<Turn::forward>(shape, cosine, sine, x, stream);
}

template <typename T>
LaunchStatus rope_backward(const Rope& shape, const float* cosine, const float* sine, T* gradient,
                           Stream stream) {
  return turn<Turn::back>(shape, cosine, sine, gradient, stream);
}

template LaunchStatus rope_forward(const Rope&, const float*, const float*, float*, Stream);
template LaunchStatus rope_forward(const Rope&, const float*, const float*, BFloat16*, Stream);
template LaunchStatus rope_backward(const Rope&, const float*, const float*, float*, Stream);
template LaunchStatus rope_backward(const Rope&, const float*, const float*, BFloat16*, Stream);

}  // namespace aiops::kernels::cuda
