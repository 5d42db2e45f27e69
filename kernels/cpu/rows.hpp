// SPDX-License-Identifier: Apache-2.0
// What several operators do with one row. Sums are made in an order that follows from the CPU's
// vector width and the length.
#pragma once

#include <cstdint>

namespace aiops::kernels {

float dot(std::int64_t count, const float* a, const float* b);

// The largest of x and `at_least`.
float largest(std::int64_t count, const float* x, float at_least);

// x = e^(x - shift); returns the sum.
float exponentiate(std::int64_t count, float shift, float* x);

void multiply(std::int64_t count, float factor, float* x);

}  // namespace aiops::kernels
