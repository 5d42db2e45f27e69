// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/scaled_rows.hpp"

#include <utility>

namespace aiops::kernels::reference {

Numbers scaled_rows(const ScaledRows& shape, const Numbers& from, Numbers to) {
  const ConstGrid From(from, shape.from_stride);
  const Grid To(to, shape.to_stride);
  for (std::int64_t r = 0; r < shape.rows; ++r)
    for (std::int64_t c = 0; c < shape.width; ++c) {
      const double before = shape.accumulate == Accumulate::yes ? To(r, c) : 0;
      To(r, c) = before + static_cast<double>(shape.factor) * From(r, c);
    }
  return to;
}

std::vector<Numbers> scaled_rows_gradient(const ScaledRows& shape, std::size_t from_size,
                                          const Numbers& to_gradient) {
  ScaledRows back = shape;
  std::swap(back.from_stride, back.to_stride);
  return {scaled_rows(back, to_gradient, Numbers(from_size))};
}

}  // namespace aiops::kernels::reference
