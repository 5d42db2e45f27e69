// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/linear.hpp"

namespace aiops::kernels::reference {

Numbers product(const Gemm& shape, const Numbers& a, const Numbers& b) {
  const bool flip_a = shape.transpose_a == Transpose::yes;
  const bool flip_b = shape.transpose_b == Transpose::yes;
  const ConstGrid A(a, flip_a ? shape.m : shape.k);
  const ConstGrid B(b, flip_b ? shape.k : shape.n);
  Numbers c(count(shape.m * shape.n));
  for (std::int64_t i = 0; i < shape.m; ++i)
    for (std::int64_t j = 0; j < shape.n; ++j)
      for (std::int64_t p = 0; p < shape.k; ++p)
        Grid(c, shape.n)(i, j) += (flip_a ? A(p, i) : A(i, p)) * (flip_b ? B(j, p) : B(p, j));
  return c;
}

Numbers linear(const Linear& shape, const Numbers& x, const Numbers& weight) {
  return product({.m = shape.rows, .n = shape.out, .k = shape.in, .transpose_b = Transpose::yes}, x,
                 weight);
}

std::vector<Numbers> linear_gradient(const Linear& shape, const Numbers& x, const Numbers& weight,
                                     const Numbers& y_gradient) {
  return {product({.m = shape.rows, .n = shape.in, .k = shape.out}, y_gradient, weight),
          product({.m = shape.out, .n = shape.in, .k = shape.rows, .transpose_a = Transpose::yes},
                  y_gradient, x)};
}

}  // namespace aiops::kernels::reference
