// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/thin_product.hpp"

#include "kernels/cpu/reductions.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

constexpr std::int64_t kMostRows = 4;

}  // namespace

bool is_thin(const Gemm& shape) {
  return shape.m <= kMostRows && shape.transpose_a == Transpose::no &&
         shape.transpose_b == Transpose::yes;
}

void thin_product(const Gemm& shape, const float* x, const float* w, float* y,
                  ThreadPool& threads) {
  for_each_chunk(threads, shape.n, rows_per_piece(shape.k),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t j = begin; j < end; ++j)
                     for (std::int64_t i = 0; i < shape.m; ++i) {
                       const float sum = dot(shape.k, x + i * shape.k, w + j * shape.k);
                       float& to = y[i * shape.n + j];
                       to = shape.accumulate == Accumulate::yes ? to + sum : sum;
                     }
                 });
}

}  // namespace aiops::kernels
