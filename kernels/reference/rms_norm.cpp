// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/rms_norm.hpp"

#include <cmath>

namespace aiops::kernels::reference {
namespace {

double reciprocal(const RmsNorm& shape, const ConstGrid& x, std::int64_t row) {
  double squares = 0;
  for (std::int64_t c = 0; c < shape.width; ++c) squares += x(row, c) * x(row, c);
  return 1 /
         std::sqrt(squares / static_cast<double>(shape.width) + static_cast<double>(shape.epsilon));
}

}  // namespace

Numbers rms_norm(const RmsNorm& shape, const Numbers& x, const Numbers& weight) {
  const ConstGrid X(x, shape.width);
  Numbers y;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const double r = reciprocal(shape, X, row);
    for (std::int64_t c = 0; c < shape.width; ++c) y.push_back(weight[count(c)] * X(row, c) * r);
  }
  return y;
}

Numbers rms_norm_reciprocals(const RmsNorm& shape, const Numbers& x) {
  Numbers all;
  for (std::int64_t row = 0; row < shape.rows; ++row)
    all.push_back(reciprocal(shape, ConstGrid(x, shape.width), row));
  return all;
}

std::vector<Numbers> rms_norm_gradient(const RmsNorm& shape, const Numbers& x,
                                       const Numbers& weight, const Numbers& y_gradient) {
  const ConstGrid X(x, shape.width);
  const ConstGrid DY(y_gradient, shape.width);
  Numbers dx(x.size());
  Numbers dweight(weight.size());
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const double r = reciprocal(shape, X, row);
    double mean = 0;  // of g · h, with h = x r and g = dy · weight
    for (std::int64_t c = 0; c < shape.width; ++c) {
      const double h = X(row, c) * r;
      mean += DY(row, c) * weight[count(c)] * h / static_cast<double>(shape.width);
      dweight[count(c)] += DY(row, c) * h;
    }
    for (std::int64_t c = 0; c < shape.width; ++c)
      Grid(dx, shape.width)(row, c) = r * (DY(row, c) * weight[count(c)] - X(row, c) * r * mean);
  }
  return {dx, dweight};
}

}  // namespace aiops::kernels::reference
