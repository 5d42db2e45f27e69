// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/bias.hpp"

namespace aiops::kernels::reference {

Numbers bias(const Bias& shape, const Numbers& bias, const Numbers& x) {
  Numbers y = x;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t c = 0; c < shape.width; ++c) Grid(y, shape.width)(row, c) += bias[count(c)];
  return y;
}

std::vector<Numbers> bias_gradient(const Bias& shape, const Numbers& y_gradient) {
  Numbers dbias(count(shape.width));
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t c = 0; c < shape.width; ++c)
      dbias[count(c)] += ConstGrid(y_gradient, shape.width)(row, c);
  return {dbias, y_gradient};
}

}  // namespace aiops::kernels::reference
