// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/gelu/gelu.cuh"
#include "kernels/cuda/gelu/gelu.hpp"

namespace aiops::kernels::cuda {

template <typename T>
LaunchStatus gelu_forward(std::int64_t count, const T* x, T* out, Stream stream) {
  if (count < 0 || count > kMostElements) return refused("gelu: too many elements");
  if (count == 0) return {};
  return in_packs<T>(
      count,
      [&]<int N>() {
        return launch<gelu_forward_kernel<T, N>>(over_elements(count, N), stream, count, x, out);
      },
      x, out);
}

template <typename T>
LaunchStatus gelu_backward(std::int64_t count, const T* x, const T* out_gradient, T* x_gradient,
                           Stream stream) {
  if (count < 0 || count > kMostElements) return refused("gelu: too many elements");
  if (count == 0) return {};
  return in_packs<T>(
      count,
      [&]<int N>() {
        return launch<gelu_backward_kernel<T, N>>(over_elements(count, N), stream, count, x,
                                                  out_gradient, x_gradient);
      },
      x, out_gradient, x_gradient);
}

template LaunchStatus gelu_forward(std::int64_t, const float*, float*, Stream);
template LaunchStatus gelu_forward(std::int64_t, const BFloat16*, BFloat16*, Stream);
template LaunchStatus gelu_backward(std::int64_t, const float*, const float*, float*, Stream);
template LaunchStatus gelu_backward(std::int64_t, const BFloat16*, const BFloat16*, BFloat16*,
                                    Stream);

}  // namespace aiops::kernels::cuda
