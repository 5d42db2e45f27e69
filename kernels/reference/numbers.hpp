// SPDX-License-Identifier: Apache-2.0
// Oracles: each operator once more, in double precision and in the most obvious loops, for tests
// and for `aiops device selftest`. Slow on purpose; correctness can be read off. A gradient
// function takes the gradient of the output and returns one array per differentiable input, in
// their order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace aiops::kernels::reference {

using Numbers = std::vector<double>;

// A row-major array with indices as the formulas write them.
class Grid {
 public:
  Grid(Numbers& values, std::int64_t columns) : values_(values), columns_(columns) {}
  double& operator()(std::int64_t row, std::int64_t column) const {
    return values_[static_cast<std::size_t>(row * columns_ + column)];
  }

 private:
  Numbers& values_;
  std::int64_t columns_;
};

class ConstGrid {
 public:
  ConstGrid(const Numbers& values, std::int64_t columns) : values_(values), columns_(columns) {}
  double operator()(std::int64_t row, std::int64_t column) const {
    return values_[static_cast<std::size_t>(row * columns_ + column)];
  }

 private:
  const Numbers& values_;
  std::int64_t columns_;
};

inline std::size_t count(std::int64_t size) { return static_cast<std::size_t>(size); }

}  // namespace aiops::kernels::reference
