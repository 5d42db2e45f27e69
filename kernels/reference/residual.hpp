// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

Numbers residual(const Numbers& branch, const Numbers& stream);
std::vector<Numbers> residual_gradient(const Numbers& sum_gradient);

}  // namespace aiops::kernels::reference
