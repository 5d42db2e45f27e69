// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/residual.hpp"

namespace aiops::kernels::reference {

Numbers residual(const Numbers& branch, const Numbers& stream) {
  Numbers sum;
  for (std::size_t i = 0; i < branch.size(); ++i) sum.push_back(branch[i] + stream[i]);
  return sum;
}

std::vector<Numbers> residual_gradient(const Numbers& sum_gradient) {
  return {sum_gradient, sum_gradient};
}

}  // namespace aiops::kernels::reference
