// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/newton_schulz.hpp"

#include "kernels/reference/linear.hpp"

namespace aiops::kernels::reference {

// Always from the left: for a tall matrix (X X^T)^k X is X (X^T X)^k all the same.
Numbers newton_schulz(const NewtonSchulz& shape, const Numbers& x) {
  const std::int64_t m = shape.rows;
  const Gemm outer{.m = m, .n = m, .k = shape.columns, .transpose_b = Transpose::yes};
  const Gemm onto{.m = m, .n = shape.columns, .k = m};
  const Numbers gram = product(outer, x, x);
  const Numbers third = product(onto, gram, x);
  const Numbers fifth = product(onto, gram, third);
  Numbers next(x.size());
  for (std::size_t i = 0; i < x.size(); ++i)
    next[i] = shape.a * x[i] + shape.b * third[i] + shape.c * fifth[i];
  return next;
}

}  // namespace aiops::kernels::reference
