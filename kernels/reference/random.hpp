// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

// The standard normal quantile, by bisection of the error function.
double normal_quantile(double probability);

}  // namespace aiops::kernels::reference
