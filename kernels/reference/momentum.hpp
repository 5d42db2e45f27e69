// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/momentum.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

struct MomentumResult {
  Numbers value, buffer;
};

MomentumResult momentum(const MomentumConstants& constants, const Numbers& value,
                        const Numbers& gradient, const Numbers& buffer);

// The same, along Nesterov's direction on a running mean: nesterov_direction(), then
// follow_direction().
MomentumResult nesterov(const MomentumConstants& constants, const Numbers& value,
                        const Numbers& gradient, const Numbers& buffer);

}  // namespace aiops::kernels::reference
