// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"
#include "kernels/accumulate.hpp"

#include <cstdint>

namespace aiops::kernels {

enum class Transpose { no, yes };

// What a product makes of its operands. fp32: what they are. bf16: each is rounded to bfloat16, to
// nearest, before it is multiplied; sums and results stay fp32 in memory as in registers.
enum class Precision { fp32, bf16 };

// One matrix product C (+)= op(A) op(B) of floats, row-major, contiguous: op(A) is m×k, op(B) is
// k×n, C is m×n.
struct Gemm {
  std::int64_t m = 0, n = 0, k = 0;
  Transpose transpose_a = Transpose::no;
  Transpose transpose_b = Transpose::no;
  Accumulate accumulate = Accumulate::no;
  Precision precision = Precision::fp32;
  const float* bias = nullptr;  // n elements, added to every row of C last; null: none
};

// Cut into tiles fixed by the shape, so the result is the same bits for any number of threads.
void gemm(const Gemm& shape, const float* a, const float* b, float* c, ThreadPool& threads);

// What computes products on this CPU: "AVX-512", "AVX-512 BF16", "AVX2" or "portable".
const char* gemm_engine(Precision precision = Precision::fp32);

}  // namespace aiops::kernels
