// SPDX-License-Identifier: Apache-2.0
// Products on AVX2 with FMA: a register tile of 6 rows × 16 columns is 12 of the 16 registers, two
// hold a row of B's panel, one an element of A.
#include "kernels/cpu/plain_packing.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

#define AIOPS_AVX2 __attribute__((target("avx2,fma")))

namespace aiops::kernels {
namespace {

constexpr std::int64_t kRows = 6;
constexpr std::int64_t kColumns = 16;
constexpr std::int64_t kDepth = 384;
constexpr std::int64_t kLanes = 8;

// All bits set in the first `count` lanes.
AIOPS_AVX2 inline __m256i first_lanes(std::int64_t count) {
  const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(count)), lane);
}

AIOPS_AVX2 inline void store_tile(const __m256 (&sums)[kRows][2], const OutputTile& to) {
  const __m256i within[2] = {first_lanes(to.columns), first_lanes(to.columns - kLanes)};
  const __m256 alpha = _mm256_set1_ps(to.alpha);
#pragma GCC unroll 6
  for (std::int64_t i = 0; i < kRows; ++i) {
    if (i >= to.rows) continue;
#pragma GCC unroll 2
    for (std::int64_t j = 0; j < 2; ++j) {
      float* c = to.c + i * to.stride + j * kLanes;
      const __m256 before =
          to.accumulate == Accumulate::yes ? _mm256_maskload_ps(c, within[j]) : _mm256_setzero_ps();
      __m256 sum = _mm256_fmadd_ps(alpha, sums[i][j], before);
      if (to.bias != nullptr)
        sum = _mm256_add_ps(sum, _mm256_maskload_ps(to.bias + j * kLanes, within[j]));
      _mm256_maskstore_ps(c, within[j], sum);
    }
  }
}

AIOPS_AVX2 void multiply(std::int64_t elements, const float* a, const float* b,
                         const OutputTile& to, Prefetch& next) {
  __m256 sums[kRows][2] = {};
  for (std::int64_t i = 0; i < to.rows; ++i) __builtin_prefetch(to.c + i * to.stride, 1);
  for (std::int64_t p = 0; p < elements; ++p, a += kRows, b += kColumns) {
    if (p % kAskEvery == 0) next.ask();
    const __m256 b0 = _mm256_loadu_ps(b);
    const __m256 b1 = _mm256_loadu_ps(b + kLanes);
#pragma GCC unroll 6
    for (std::int64_t i = 0; i < kRows; ++i) {
      const __m256 x = _mm256_broadcast_ss(a + i);
      sums[i][0] = _mm256_fmadd_ps(x, b0, sums[i][0]);
      sums[i][1] = _mm256_fmadd_ps(x, b1, sums[i][1]);
    }
  }
  store_tile(sums, to);
}

}  // namespace

const ProductEngine& avx2_engine(Precision precision) {
  static constexpr ProductEngine kFp32{
      "AVX2", kRows, kColumns, kDepth, 1, pack_plainly<kRows>, pack_plainly<kColumns>, multiply};
  static constexpr ProductEngine kRounded{"AVX2",
                                          kRows,
                                          kColumns,
                                          kDepth,
                                          1,
                                          pack_plainly_rounded<kRows>,
                                          pack_plainly_rounded<kColumns>,
                                          multiply};
  return precision == Precision::fp32 ? kFp32 : kRounded;
}

}  // namespace aiops::kernels

#endif
