// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/head_norm.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

// Elements of x past the heads come out as they went in.
Numbers head_norm(const HeadNorm& shape, const Numbers& x, const Numbers& weight);
std::vector<Numbers> head_norm_gradient(const HeadNorm& shape, const Numbers& x,
                                        const Numbers& weight, const Numbers& y_gradient);

}  // namespace aiops::kernels::reference
