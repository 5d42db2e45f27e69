// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/largest_error.hpp"
#include "bench/random_floats.hpp"
#include "kernels/arena.hpp"
#include "kernels/reference/numbers.hpp"

#include <algorithm>
#include <cstdint>
#include <random>
#include <span>
#include <vector>

namespace aiops::bench {

using kernels::reference::Numbers;

struct OperatorShape {
  std::int64_t rows = 0, width = 0;
  std::uint64_t seed = 0;
  std::int64_t count() const { return rows * width; }
};

// An array on the same kind of pages as the memory that it is compared with.
class Array {
 public:
  explicit Array(std::int64_t count) : arena_(static_cast<std::uint64_t>(count)) {
    std::ranges::fill(arena_.span(), 0.0F);  // so that its pages are there
  }
  Array(std::int64_t count, std::mt19937_64& random) : Array(count) {
    std::ranges::copy(random_floats(count, random), arena_.data());
  }
  float* data() const { return arena_.data(); }
  std::span<float> span() const { return arena_.span(); }
  Numbers numbers() const { return {arena_.span().begin(), arena_.span().end()}; }
  double error(const Numbers& exact) const { return largest_error(arena_.span(), exact); }

 private:
  kernels::Arena arena_;
};

// What operators work on, by the words of their headers; what is changed in place is a copy.
// `others` is what one has besides: cosines and sines, or AdamW's moments.
struct Workspace {
  explicit Workspace(const OperatorShape& s, std::int64_t inputs = 1, std::int64_t outputs = 1,
                     const std::vector<std::int64_t>& more = {})
      : shape(s),
        random(s.seed),
        x(s.count() * inputs, random),
        dy(s.count(), random),
        weight(s.width, random),
        bias(s.width, random),
        y(s.count() * outputs),
        dweight(s.width),
        dbias(s.width),
        mean(s.rows),
        reciprocal(s.rows),
        others(more.begin(), more.end()) {}
  OperatorShape shape;
  std::mt19937_64 random;
  Array x, dy, weight, bias, y, dweight, dbias, mean, reciprocal;
  std::vector<Array> others;
};

}  // namespace aiops::bench
