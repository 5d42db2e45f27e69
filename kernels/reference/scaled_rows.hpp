// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"
#include "kernels/scaled_rows.hpp"

namespace aiops::kernels::reference {

// What becomes of `to`.
Numbers scaled_rows(const ScaledRows& shape, const Numbers& from, Numbers to);
// Of `from`, which has `from_size` elements; those between the rows have none.
std::vector<Numbers> scaled_rows_gradient(const ScaledRows& shape, std::size_t from_size,
                                          const Numbers& to_gradient);

}  // namespace aiops::kernels::reference
