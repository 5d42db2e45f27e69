// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"
#include "kernels/squared_error.hpp"

#include <span>

namespace aiops::kernels::reference {

// One loss per row. `values` are given, not an input that has a gradient.
Numbers squared_error(const SquaredError& shape, std::span<const std::int32_t> targets,
                      const Numbers& values, const Numbers& outputs);
std::vector<Numbers> squared_error_gradient(const SquaredError& shape,
                                            std::span<const std::int32_t> targets,
                                            const Numbers& values, const Numbers& outputs,
                                            const Numbers& loss_gradient);

}  // namespace aiops::kernels::reference
