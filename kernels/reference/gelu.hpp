// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

Numbers gelu(const Numbers& x);
std::vector<Numbers> gelu_gradient(const Numbers& x, const Numbers& out_gradient);

}  // namespace aiops::kernels::reference
