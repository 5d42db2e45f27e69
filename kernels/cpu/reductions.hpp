// SPDX-License-Identifier: Apache-2.0
// Sums and maxima of one row, in an order that follows from the CPU's vector width and the length.
#pragma once

#include <cstdint>

namespace aiops::kernels {

float dot(std::int64_t count, const float* a, const float* b);

// The largest of x and `at_least`.
float largest(std::int64_t count, const float* x, float at_least);

}  // namespace aiops::kernels
