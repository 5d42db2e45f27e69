// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/swiglu/swiglu.cuh"
#include "kernels/cuda/swiglu/swiglu.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const Swiglu& shape) {
  if (shape.rows < 0 || shape.width < 1)
    return "swiglu: rows of less than 0 or width of less than 1";
  if (shape.rows > kMostElements / 2 / shape.width) return "swiglu: too many elements";
  return nullptr;
}

}  // namespace

template <typename T>
LaunchStatus swiglu_forward(const Swiglu& shape, const T* gate_up, T* out, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  return in_packs<T>(
      shape.width,
      [&]<int N>() {
        return launch<swiglu_forward_kernel<T, N>>(over_elements(shape.rows * shape.width, N),
                                                   stream, shape, gate_up, out);
      },
      gate_up, out);
}

template <typename T>
LaunchStatus swiglu_backward(const Swiglu& shape, const T* gate_up, const T* out_gradient,
                             T* gate_up_gradient, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  return in_packs<T>(
      shape.width,
      [&]<int N>() {
        return launch<swiglu_backward_kernel<T, N>>(over_elements(shape.rows * shape.width, N),
                                                    stream, shape, gate_up, out_gradient,
                                                    gate_up_gradient);
      },
      gate_up, out_gradient, gate_up_gradient);
}

template LaunchStatus swiglu_forward(const Swiglu&, const float*, float*, Stream);
template LaunchStatus swiglu_forward(const Swiglu&, const BFloat16*, BFloat16*, Stream);
template LaunchStatus swiglu_backward(const Swiglu&, const float*, const float*, float*, Stream);
template LaunchStatus swiglu_backward(const Swiglu&, const BFloat16*, const BFloat16*, BFloat16*,
                                      Stream);

}  // namespace aiops::kernels::cuda
