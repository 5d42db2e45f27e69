// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/swiglu.hpp"

#include <cmath>

namespace aiops::kernels::reference {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

Numbers swiglu(const Swiglu& shape, const Numbers& gate_up) {
  const ConstGrid X(gate_up, 2 * shape.width);
  Numbers out;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t c = 0; c < shape.width; ++c)
      out.push_back(X(row, c) * sigmoid(X(row, c)) * X(row, shape.width + c));
  return out;
}

std::vector<Numbers> swiglu_gradient(const Swiglu& shape, const Numbers& gate_up,
                                     const Numbers& out_gradient) {
  const ConstGrid X(gate_up, 2 * shape.width);
  const ConstGrid DOut(out_gradient, shape.width);
  Numbers dx(gate_up.size());
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t c = 0; c < shape.width; ++c) {
      const double gate = X(row, c);
      const double up = X(row, shape.width + c);
      const double s = sigmoid(gate);
      Grid(dx, 2 * shape.width)(row, c) = DOut(row, c) * up * s * (1 + gate * (1 - s));
      Grid(dx, 2 * shape.width)(row, shape.width + c) = DOut(row, c) * gate * s;
    }
  return {dx};
}

}  // namespace aiops::kernels::reference
