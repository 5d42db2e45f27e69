// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"
#include "kernels/rope.hpp"

namespace aiops::kernels::reference {

// With angles worked out in double precision.
Numbers rope(const Rope& shape, double theta, const Numbers& x);
std::vector<Numbers> rope_gradient(const Rope& shape, double theta, const Numbers& y_gradient);

}  // namespace aiops::kernels::reference
