// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/adamw.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

struct AdamWResult {
  Numbers value, m, v;
};

AdamWResult adamw(const AdamWConstants& constants, std::int64_t step, const Numbers& value,
                  const Numbers& gradient, const Numbers& m, const Numbers& v);

}  // namespace aiops::kernels::reference
