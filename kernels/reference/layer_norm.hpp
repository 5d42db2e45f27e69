// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/layer_norm.hpp"
#include "kernels/reference/numbers.hpp"

namespace aiops::kernels::reference {

Numbers layer_norm(const LayerNorm& shape, const Numbers& x, const Numbers& weight,
                   const Numbers& bias);
// What is taken off each row, and what then multiplies it: one number a row each.
struct LayerNormStatistics {
  Numbers mean, reciprocal;
};
LayerNormStatistics layer_norm_statistics(const LayerNorm& shape, const Numbers& x);
std::vector<Numbers> layer_norm_gradient(const LayerNorm& shape, const Numbers& x,
                                         const Numbers& weight, const Numbers& y_gradient);

}  // namespace aiops::kernels::reference
