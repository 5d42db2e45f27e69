// SPDX-License-Identifier: Apache-2.0
#include "kernels/newton_schulz.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/gemm.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

constexpr std::int64_t kGrain = 32768;

AIOPS_CLONES void multiply(std::int64_t count, float factor, const float* __restrict x,
                           float* __restrict out) {
  for (std::int64_t i = 0; i < count; ++i) out[i] = factor * x[i];
}

// square = b · gram + c · square.
AIOPS_CLONES void combine(std::int64_t count, float b, float c, const float* __restrict gram,
                          float* __restrict square) {
  for (std::int64_t i = 0; i < count; ++i) square[i] = b * gram[i] + c * square[i];
}

}  // namespace

void newton_schulz(const NewtonSchulz& shape, const float* x, float* next, float* scratch,
                   ThreadPool& threads) {
  const std::int64_t side = shape.side();
  const bool is_tall = shape.rows > shape.columns;
  float* gram = scratch;
  float* square = scratch + side * side;
  gemm({.m = side,
        .n = side,
        .k = is_tall ? shape.rows : shape.columns,
        .transpose_a = is_tall ? Transpose::yes : Transpose::no,
        .transpose_b = is_tall ? Transpose::no : Transpose::yes},
       x, x, gram, threads);
  gemm({.m = side, .n = side, .k = side}, gram, gram, square, threads);
  for_each_chunk(threads, side * side, kGrain, [&](std::int64_t begin, std::int64_t end) {
    combine(end - begin, static_cast<float>(shape.b), static_cast<float>(shape.c), gram + begin,
            square + begin);
  });
  for_each_chunk(threads, shape.size(), kGrain, [&](std::int64_t begin, std::int64_t end) {
    multiply(end - begin, static_cast<float>(shape.a), x + begin, next + begin);
  });
  const float* left = is_tall ? x : square;
  const float* right = is_tall ? square : x;
  gemm({.m = shape.rows, .n = shape.columns, .k = side, .accumulate = Accumulate::yes}, left, right,
       next, threads);
}

}  // namespace aiops::kernels
