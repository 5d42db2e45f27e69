// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/bias.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

Numbers bias(const Bias& shape, const Numbers& bias, const Numbers& x);
// Of the bias and of x.
std::vector<Numbers> bias_gradient(const Bias& shape, const Numbers& y_gradient);

}  // namespace aiops::kernels::reference
