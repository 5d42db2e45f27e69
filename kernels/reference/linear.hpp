// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/linear.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

Numbers linear(const Linear& shape, const Numbers& x, const Numbers& weight);
std::vector<Numbers> linear_gradient(const Linear& shape, const Numbers& x, const Numbers& weight,
                                     const Numbers& y_gradient);

// op(A) op(B) for the matrix product itself.
Numbers product(const Gemm& shape, const Numbers& a, const Numbers& b);

}  // namespace aiops::kernels::reference
