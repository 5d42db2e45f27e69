// SPDX-License-Identifier: Apache-2.0
// Matrix products small enough for one thread: what gemm() cuts its work into, and what attention
// is built from.
#pragma once

#include "kernels/gemm.hpp"

#include <cstdint>

namespace aiops::kernels {

// C = alpha · op(A) op(B) + beta · C on the calling thread. Row-major; the leading dimensions are
// the distances between rows as stored. beta is 0 (C is not read) or 1.
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
  float beta = 0;
  Precision precision = Precision::fp32;
};

// By OpenBLAS when the system has it, else by the portable product.
void tile_product(const TileProduct& product);

// Ours: blocked, packed, vectorised by the compiler. About two thirds of OpenBLAS's speed where
// both have AVX-512.
void portable_tile_product(const TileProduct& product);

}  // namespace aiops::kernels
