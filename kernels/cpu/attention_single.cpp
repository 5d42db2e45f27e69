// SPDX-License-Identifier: Apache-2.0
// The heads of a key lie side by side and the next key's follow, so all heads go along the keys
// together, and what lies ahead is asked for while scores are made: the values of this key, and a
// key further on. Left to itself the CPU waits for nearly every row, and there is too little to do
// with one to hide it.
//
// The softmax runs along, as in attention.cpp: a head keeps its largest score and the sum of
// e^(score - largest), and both shrink with what was gathered when a larger one comes.
#include "kernels/cpu/attention_single.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/rows.hpp"
#include "kernels/cpu/vector_math.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kKeys = 64;   // at a time, so that scores and values stay near
constexpr std::int64_t kHeads = 32;  // at a time
constexpr std::int64_t kAhead = 16;  // keys
constexpr std::int64_t kLine = 16;   // floats

// Where what head `head` reads of a key begins in its row.
std::int64_t column(const SingleQuery& at, std::int64_t head) {
  return (at.first + head) / at.group * at.head_dim;
}

// scores[head][key] = q · k / sqrt(head_dim), of keys from … from + keys - 1.
AIOPS_CLONES void score(const SingleQuery& at, std::int64_t from, std::int64_t keys,
                        float* __restrict scores) {
  const float scale = 1.0F / std::sqrt(static_cast<float>(at.head_dim));
  const std::int64_t begin = column(at, 0);
  const std::int64_t end = column(at, at.heads - 1) + at.head_dim;
  for (std::int64_t j = 0; j < keys; ++j) {
    // In a function of its own, which does nothing else, the compiler leaves the call out.
    const float* v = at.v + (from + j) * at.kv_stride;
    const float* later = at.k + std::min(from + j + kAhead, at.keys - 1) * at.kv_stride;
    for (std::int64_t i = begin; i < end; i += kLine) {
      __builtin_prefetch(v + i);
      __builtin_prefetch(later + i);
    }
    for (std::int64_t h = 0; h < at.heads; ++h) {
      const float* q = at.q + h * at.head_dim;
      const float* k = at.k + (from + j) * at.kv_stride + column(at, h);
      float sum = 0;
#pragma omp simd reduction(+ : sum)
      for (std::int64_t d = 0; d < at.head_dim; ++d) sum += q[d] * k[d];
      scores[h * kKeys + j] = scale * sum;
    }
  }
}

// out[head] += the sum of weights[head][key] · v.
AIOPS_CLONES void gather(const SingleQuery& at, std::int64_t from, std::int64_t keys,
                         const float* __restrict weights) {
  for (std::int64_t j = 0; j < keys; ++j)
    for (std::int64_t h = 0; h < at.heads; ++h) {
      const float* __restrict v = at.v + (from + j) * at.kv_stride + column(at, h);
      float* __restrict out = at.out + h * at.head_dim;
      const float weight = weights[h * kKeys + j];
      for (std::int64_t d = 0; d < at.head_dim; ++d) out[d] += weight * v[d];
    }
}

void attend_together(const SingleQuery& at) {
  float scores[kHeads * kKeys];
  float most[kHeads];
  float sum[kHeads];
  std::fill_n(most, at.heads, -std::numeric_limits<float>::infinity());
  std::fill_n(sum, at.heads, 0.0F);
  std::fill_n(at.out, at.heads * at.head_dim, 0.0F);
  for (std::int64_t from = 0; from < at.keys; from += kKeys) {
    const std::int64_t keys = std::min(kKeys, at.keys - from);
    score(at, from, keys, scores);
    for (std::int64_t h = 0; h < at.heads; ++h) {
      const float larger = largest(keys, scores + h * kKeys, most[h]);
      const float shrink = exponential(most[h] - larger);
      sum[h] = sum[h] * shrink + exponentiate(keys, larger, scores + h * kKeys);
      if (from > 0 && shrink != 1.0F) multiply(at.head_dim, shrink, at.out + h * at.head_dim);
      most[h] = larger;
    }
    gather(at, from, keys, scores);
  }
  for (std::int64_t h = 0; h < at.heads; ++h) {
    multiply(at.head_dim, 1.0F / sum[h], at.out + h * at.head_dim);
    at.logsumexp[h] = most[h] + std::log(sum[h]);
  }
}

}  // namespace

void attend_single(const SingleQuery& query) {
  for (std::int64_t h = 0; h < query.heads; h += kHeads) {
    SingleQuery at = query;
    at.heads = std::min(kHeads, query.heads - h);
    at.first += h;
    at.q += h * at.head_dim;
    at.out += h * at.head_dim;
    at.logsumexp += h;
    attend_together(at);
  }
}

}  // namespace aiops::kernels
