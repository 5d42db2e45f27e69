// SPDX-License-Identifier: Apache-2.0
// Matrix products small enough for one thread: what attention is built from.
#pragma once

#include "kernels/cpu/product_engine.hpp"

#include <cstdint>

namespace aiops::kernels {

// C = alpha · op(A) op(B), or C += alpha · op(A) op(B), on the calling thread. Row-major; the
// leading dimensions are the distances between rows as stored.
struct TileProduct {
  std::int64_t m = 0, n = 0, k = 0;
  Transpose transpose_a = Transpose::no;
  Transpose transpose_b = Transpose::no;
  const float* a = nullptr;
  std::int64_t lda = 0;
  const float* b = nullptr;
  std::int64_t ldb = 0;
  float* c = nullptr;
  std::int64_t ldc = 0;
  float alpha = 1;
  Accumulate accumulate = Accumulate::no;
  Precision precision = Precision::fp32;
};

void tile_product(const TileProduct& product);

// The rows of op(A) and the columns of op(B) as packing wants them.
Operand rows_of(const float* a, std::int64_t lda, Transpose transpose);
Operand columns_of(const float* b, std::int64_t ldb, Transpose transpose);

}  // namespace aiops::kernels
