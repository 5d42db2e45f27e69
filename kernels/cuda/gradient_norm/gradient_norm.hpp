// SPDX-License-Identifier: Apache-2.0
// The global norm of gradients on the device, and what clipping to it multiplies them by: found
// without asking the host, so that a whole step can be recorded and played again. Sums are in
// double precision and in an order that follows from the count: the same bits in every run.
#pragma once

#include "kernels/cuda/layer/status.hpp"

#include <cstdint>

namespace aiops::kernels::cuda {

inline constexpr std::int64_t kNormParts = 1024;

// *sum = the sum of the squares. `parts` is scratch for kNormParts doubles.
LaunchStatus squared_norm(std::int64_t count, const float* values, double* parts, double* sum,
                          Stream stream);

// *norm = sqrt(*squares); *scale = max_norm / *norm where that is below 1 and max_norm above 0,
// else 1. A norm that is no number makes a scale that is none.
LaunchStatus clip_scale(const double* squares, float max_norm, float* norm, float* scale,
                        Stream stream);

// values[i] /= sqrt(*squares) + epsilon.
LaunchStatus normalise(std::int64_t count, const double* squares, double epsilon, float* values,
                       Stream stream);

}  // namespace aiops::kernels::cuda
