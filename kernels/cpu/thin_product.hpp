// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/gemm.hpp"

namespace aiops::kernels {

// y = x W^T for a few rows of x, as generation does for every token: W is read once, so memory
// bandwidth decides and packing it would cost more than the product.
bool is_thin(const Gemm& shape);
void thin_product(const Gemm& shape, const float* x, const float* w, float* y, ThreadPool& threads);

}  // namespace aiops::kernels
