// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/layer_norm.hpp"

#include <cmath>

namespace aiops::kernels::reference {
namespace {

// (x - mean) / sqrt(variance + epsilon) of one row, the mean, and the divisor.
struct Normal {
  Numbers h;
  double mean;
  double deviation;
};

Normal normal(const LayerNorm& shape, const ConstGrid& x, std::int64_t row) {
  const auto width = static_cast<double>(shape.width);
  double mean = 0;
  double variance = 0;
  for (std::int64_t c = 0; c < shape.width; ++c) mean += x(row, c) / width;
  for (std::int64_t c = 0; c < shape.width; ++c)
    variance += (x(row, c) - mean) * (x(row, c) - mean) / width;
  Normal result{{}, mean, std::sqrt(variance + static_cast<double>(shape.epsilon))};
  for (std::int64_t c = 0; c < shape.width; ++c)
    result.h.push_back((x(row, c) - mean) / result.deviation);
  return result;
}

}  // namespace

Numbers layer_norm(const LayerNorm& shape, const Numbers& x, const Numbers& weight,
                   const Numbers& bias) {
  Numbers y;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const Normal x_row = normal(shape, ConstGrid(x, shape.width), row);
    for (std::size_t c = 0; c < weight.size(); ++c) y.push_back(weight[c] * x_row.h[c] + bias[c]);
  }
  return y;
}

LayerNormStatistics layer_norm_statistics(const LayerNorm& shape, const Numbers& x) {
  LayerNormStatistics all;
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const Normal x_row = normal(shape, ConstGrid(x, shape.width), row);
    all.mean.push_back(x_row.mean);
    all.reciprocal.push_back(1 / x_row.deviation);
  }
  return all;
}

std::vector<Numbers> layer_norm_gradient(const LayerNorm& shape, const Numbers& x,
                                         const Numbers& weight, const Numbers& y_gradient) {
  const ConstGrid DY(y_gradient, shape.width);
  const auto width = static_cast<double>(shape.width);
  Numbers dx(x.size());
  Numbers dweight(weight.size());
  Numbers dbias(weight.size());
  for (std::int64_t row = 0; row < shape.rows; ++row) {
    const Normal x_row = normal(shape, ConstGrid(x, shape.width), row);
    double mean = 0;   // of g = dy · weight
    double along = 0;  // of g · h
    for (std::int64_t c = 0; c < shape.width; ++c) {
      const double g = DY(row, c) * weight[count(c)];
      mean += g / width;
      along += g * x_row.h[count(c)] / width;
      dweight[count(c)] += DY(row, c) * x_row.h[count(c)];
      dbias[count(c)] += DY(row, c);
    }
    for (std::int64_t c = 0; c < shape.width; ++c)
      Grid(dx, shape.width)(row, c) =
          (DY(row, c) * weight[count(c)] - mean - x_row.h[count(c)] * along) / x_row.deviation;
  }
  return {dx, dweight, dbias};
}

}  // namespace aiops::kernels::reference
