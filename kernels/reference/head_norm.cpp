// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/head_norm.hpp"

#include <cmath>

namespace aiops::kernels::reference {
namespace {

// Calls visit(row, first column, 1 / sqrt(mean(x²) + epsilon)) for each head.
template <typename Visit>
void for_each_head(const HeadNorm& shape, const Numbers& x, const Visit& visit) {
  for (std::int64_t row = 0; row < shape.rows; ++row)
    for (std::int64_t first = 0; first < shape.heads * shape.head_dim; first += shape.head_dim) {
      double mean = 0;
      for (std::int64_t c = 0; c < shape.head_dim; ++c) {
        const double value = ConstGrid(x, shape.stride)(row, first + c);
        mean += value * value / static_cast<double>(shape.head_dim);
      }
      visit(row, first, 1 / std::sqrt(mean + static_cast<double>(shape.epsilon)));
    }
}

}  // namespace

Numbers head_norm(const HeadNorm& shape, const Numbers& x, const Numbers& weight) {
  Numbers y = x;
  for_each_head(shape, x, [&](std::int64_t row, std::int64_t first, double r) {
    for (std::int64_t c = 0; c < shape.head_dim; ++c)
      Grid(y, shape.stride)(row, first + c) *= weight[count(c)] * r;
  });
  return y;
}

std::vector<Numbers> head_norm_gradient(const HeadNorm& shape, const Numbers& x,
                                        const Numbers& weight, const Numbers& y_gradient) {
  const ConstGrid X(x, shape.stride);
  const ConstGrid DY(y_gradient, shape.stride);
  Numbers dx = y_gradient;
  Numbers dweight(weight.size());
  for_each_head(shape, x, [&](std::int64_t row, std::int64_t first, double r) {
    double mean = 0;  // of g · h, with h = x r and g = dy · weight
    for (std::int64_t c = 0; c < shape.head_dim; ++c) {
      const double h = X(row, first + c) * r;
      mean += DY(row, first + c) * weight[count(c)] * h / static_cast<double>(shape.head_dim);
      dweight[count(c)] += DY(row, first + c) * h;
    }
    for (std::int64_t c = 0; c < shape.head_dim; ++c)
      Grid(dx, shape.stride)(row, first + c) =
          r * (DY(row, first + c) * weight[count(c)] - X(row, first + c) * r * mean);
  });
  return {dx, dweight};
}

}  // namespace aiops::kernels::reference
