// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/reference/numbers.hpp"
#include "kernels/rms_norm.hpp"

namespace aiops::kernels::reference {

Numbers rms_norm(const RmsNorm& shape, const Numbers& x, const Numbers& weight);
// What multiplies each row, one number a row.
Numbers rms_norm_reciprocals(const RmsNorm& shape, const Numbers& x);
std::vector<Numbers> rms_norm_gradient(const RmsNorm& shape, const Numbers& x,
                                       const Numbers& weight, const Numbers& y_gradient);

}  // namespace aiops::kernels::reference
