// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/thin_product.hpp"

#include "kernels/cpu/bfloat16.hpp"
#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/pack_space.hpp"
#include "kernels/cpu/rounding.hpp"
#include "kernels/cpu/rows.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kMostRows = 4;

// The product of numbers that are rounded and numbers that are not yet.
AIOPS_CLONES float rounded_dot(std::int64_t count, const float* a, const float* b) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += a[i] * to_bfloat16(b[i]);
  return sum;
}

// x, as what is multiplied sees it; rounded once, for every row of W multiplies it.
const float* as_multiplied(const Gemm& shape, const float* x) {
  if (shape.precision == Precision::fp32) return x;
  static thread_local PackSpace space;
  const std::int64_t count = shape.m * shape.k;
  float* const rounded = space.take(count);
  std::copy_n(x, count, rounded);
  round_to_bfloat16(count, rounded);
  return rounded;
}

}  // namespace

bool is_thin(const Gemm& shape) {
  return shape.m <= kMostRows && shape.transpose_a == Transpose::no &&
         shape.transpose_b == Transpose::yes;
}

void thin_product(const Gemm& shape, const float* x, const float* w, float* y,
                  ThreadPool& threads) {
  const float* const rows = as_multiplied(shape, x);
  for_each_chunk(
      threads, shape.n, rows_per_piece(shape.k), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t j = begin; j < end; ++j)
          for (std::int64_t i = 0; i < shape.m; ++i) {
            const float* row = rows + i * shape.k;
            const float* column = w + j * shape.k;
            const float sum = shape.precision == Precision::bf16 ? rounded_dot(shape.k, row, column)
                                                                 : dot(shape.k, row, column);
            float& to = y[i * shape.n + j];
            to = shape.accumulate == Accumulate::yes ? to + sum : sum;
            if (shape.bias != nullptr) to += shape.bias[j];
          }
      });
}

}  // namespace aiops::kernels
