// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/squared_error.hpp"

namespace aiops::kernels::reference {

Numbers squared_error(const SquaredError& shape, std::span<const std::int32_t> targets,
                      const Numbers& values, const Numbers& outputs) {
  const ConstGrid Y(outputs, shape.width), T(values, shape.width);
  Numbers losses;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::int32_t target = targets[count(row)];
    double loss = 0;
    for (std::int64_t c = 0; target >= 0 && c < shape.width; ++c) {
      const double apart = Y(row, c) - T(target, c);
      loss += apart * apart / static_cast<double>(shape.width);
    }
    losses.push_back(loss);
  }
  return losses;
}

std::vector<Numbers> squared_error_gradient(const SquaredError& shape,
                                            std::span<const std::int32_t> targets,
                                            const Numbers& values, const Numbers& outputs,
                                            const Numbers& loss_gradient) {
  const ConstGrid Y(outputs, shape.width), T(values, shape.width);
  Numbers doutputs(outputs.size());
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const std::int32_t target = targets[count(row)];
    if (target < 0) continue;
    for (std::int64_t c = 0; c < shape.width; ++c)
      Grid(doutputs, shape.width)(row, c) = loss_gradient[count(row)] * 2 *
                                            (Y(row, c) - T(target, c)) /
                                            static_cast<double>(shape.width);
  }
  return {doutputs};
}

}  // namespace aiops::kernels::reference
