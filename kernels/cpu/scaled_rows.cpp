// SPDX-License-Identifier: Apache-2.0
#include "kernels/scaled_rows.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/parallel.hpp"

namespace aiops::kernels {
namespace {

// The loops may run in place: each element depends on its own alone.
AIOPS_CLONES void overwrite(std::int64_t width, float factor, const float* from, float* to) {
#pragma omp simd
  for (std::int64_t c = 0; c < width; ++c) to[c] = factor * from[c];
}

AIOPS_CLONES void add(std::int64_t width, float factor, const float* from, float* to) {
#pragma omp simd
  for (std::int64_t c = 0; c < width; ++c) to[c] += factor * from[c];
}

}  // namespace

void scaled_rows(const ScaledRows& shape, const float* from, float* to, ThreadPool& threads) {
  const auto one = shape.accumulate == Accumulate::yes ? add : overwrite;
  for_each_chunk(threads, shape.rows, rows_per_piece(shape.width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t row = begin; row < end; ++row)
                     one(shape.width, shape.factor, from + row * shape.from_stride,
                         to + row * shape.to_stride);
                 });
}

}  // namespace aiops::kernels
