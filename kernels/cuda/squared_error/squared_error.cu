// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/squared_error/squared_error.cuh"
#include "kernels/cuda/squared_error/squared_error.hpp"

namespace aiops::kernels::cuda {
namespace {

const char* fault_of(const SquaredError& shape) {
  if (shape.rows < 0 || shape.rows > kLargestGrid)
    return "squared_error: rows of less than 0 or more than 2^31 - 1";
  if (shape.width < 1 || shape.width > kLargestGrid)
    return "squared_error: width of less than 1 or more than 2^31 - 1";
  return nullptr;
}

LaunchShape over_rows(const SquaredError& shape) {
  return {static_cast<unsigned>(shape.rows), kSquaredErrorThreads};
}

}  // namespace

template <typename T>
LaunchStatus squared_error_forward(const SquaredError& shape, const T* outputs,
                                   const std::int32_t* targets, const float* values, float* losses,
                                   Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  return launch<squared_error_forward_kernel<T>>(over_rows(shape), stream, shape, outputs, targets,
                                                 values, losses);
}

template <typename T>
LaunchStatus squared_error_backward(const SquaredError& shape, T* outputs,
                                    const std::int32_t* targets, const float* values, float scale,
                                    float* losses, Stream stream) {
  if (const char* fault = fault_of(shape)) return refused(fault);
  if (shape.rows == 0) return {};
  return launch<squared_error_backward_kernel<T>>(over_rows(shape), stream, shape, outputs, targets,
                                                  values, scale, losses);
}

template LaunchStatus squared_error_forward(const SquaredError&, const float*, const std::int32_t*,
                                            const float*, float*, Stream);
template LaunchStatus squared_error_forward(const SquaredError&, const BFloat16*,
                                            const std::int32_t*, const float*, float*, Stream);
template LaunchStatus squared_error_backward(const SquaredError&, float*, const std::int32_t*,
                                             const float*, float, float*, Stream);
template LaunchStatus squared_error_backward(const SquaredError&, BFloat16*, const std::int32_t*,
                                             const float*, float, float*, Stream);

}  // namespace aiops::kernels::cuda
