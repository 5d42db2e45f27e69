// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/rope.hpp"

#include <cmath>

namespace aiops::kernels::reference {
namespace {

Numbers turn(const Rope& shape, double theta, double direction, const Numbers& x) {
  Numbers y = x;
  const ConstGrid X(x, shape.stride);
  const Grid Y(y, shape.stride);
  const std::int64_t half = shape.head_dim / 2;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t head = 0; head < shape.heads; ++head)
      for (std::int64_t i = 0; i < half; ++i) {
        const auto position = static_cast<double>(shape.position(row));
        const double power = -2.0 * static_cast<double>(i) / static_cast<double>(shape.head_dim);
        const double angle = direction * position * std::pow(theta, power);
        const std::int64_t low = head * shape.head_dim + i;
        const std::int64_t high = low + half;
        Y(row, low) = X(row, low) * std::cos(angle) - X(row, high) * std::sin(angle);
        Y(row, high) = X(row, high) * std::cos(angle) + X(row, low) * std::sin(angle);
      }
  return y;
}

}  // namespace

Numbers rope(const Rope& shape, double theta, const Numbers& x) { return turn(shape, theta, 1, x); }

std::vector<Numbers> rope_gradient(const Rope& shape, double theta, const Numbers& y_gradient) {
  return {turn(shape, theta, -1, y_gradient)};
}

}  // namespace aiops::kernels::reference
