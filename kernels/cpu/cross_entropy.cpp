// SPDX-License-Identifier: Apache-2.0
#include "kernels/cross_entropy.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/reductions.hpp"
#include "kernels/cpu/vector_math.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <cmath>

namespace aiops::kernels {
namespace {

AIOPS_CLONES float sum_of_exponentials(std::int64_t count, const float* x, float most) {
  float sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < count; ++i) sum += exponential(x[i] - most);
  return sum;
}

AIOPS_CLONES void scaled_exponentials(std::int64_t count, float most, float scale, float* x) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = exponential(x[i] - most) * scale;
}

struct Row {
  float most, sum, loss;
};

Row measure(std::int64_t vocab, const float* logits, std::int32_t target) {
  Row row{};
  row.most = largest(vocab, logits, logits[0]);
  row.sum = sum_of_exponentials(vocab, logits, row.most);
  row.loss = std::log(row.sum) + row.most - logits[target];
  return row;
}

}  // namespace

void cross_entropy_forward(const CrossEntropy& shape, const float* logits,
                           const std::int32_t* targets, float* losses, ThreadPool& threads) {
  for_each_chunk(
      threads, shape.rows, rows_per_piece(shape.vocab), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          losses[i] = targets[i] < 0
                          ? 0.0F
                          : measure(shape.vocab, logits + i * shape.vocab, targets[i]).loss;
      });
}

void cross_entropy_backward(const CrossEntropy& shape, float* logits, const std::int32_t* targets,
                            float scale, float* losses, ThreadPool& threads) {
  for_each_chunk(threads, shape.rows, rows_per_piece(shape.vocab),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i) {
                     float* row = logits + i * shape.vocab;
                     losses[i] = 0;
                     if (targets[i] < 0) {
                       std::fill_n(row, shape.vocab, 0.0F);
                       continue;
                     }
                     const Row r = measure(shape.vocab, row, targets[i]);
                     losses[i] = r.loss;
                     scaled_exponentials(shape.vocab, r.most, scale / r.sum, row);
                     row[targets[i]] -= scale;
                   }
                 });
}

}  // namespace aiops::kernels
