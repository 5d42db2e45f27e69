// SPDX-License-Identifier: Apache-2.0
#include "kernels/cross_entropy.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/rows.hpp"
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

float loss_of(std::int64_t vocab, const float* logits, std::int32_t target) {
  const float most = largest(vocab, logits, logits[0]);
  return std::log(sum_of_exponentials(vocab, logits, most)) + most - logits[target];
}

// The gradient over the logits; returns the loss.
float gradient_of(std::int64_t vocab, float* logits, std::int32_t target, float scale) {
  const float most = largest(vocab, logits, logits[0]);
  const float chosen = logits[target];
  const float sum = exponentiate(vocab, most, logits);
  multiply(vocab, scale / sum, logits);
  logits[target] -= scale;
  return std::log(sum) + most - chosen;
}

}  // namespace

void cross_entropy_forward(const CrossEntropy& shape, const float* logits,
                           const std::int32_t* targets, float* losses, ThreadPool& threads) {
  for_each_chunk(
      threads, shape.rows, rows_per_piece(shape.vocab), [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t i = begin; i < end; ++i)
          losses[i] =
              targets[i] < 0 ? 0.0F : loss_of(shape.vocab, logits + i * shape.vocab, targets[i]);
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
                     losses[i] = gradient_of(shape.vocab, row, targets[i], scale);
                   }
                 });
}

}  // namespace aiops::kernels
