// SPDX-License-Identifier: Apache-2.0
// The loops are plain so that the compiler makes the widest vectors it knows for each machine, and
// marked so that it does not make calls to memcpy of them: glibc's switches to non-temporal stores
// by size, which would measure its rule and not the machine.
#include "bench/memory_kernels.hpp"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define AIOPS_LOOP                                                   \
  __attribute__((optimize("O3", "no-tree-loop-distribute-patterns"), \
                 target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define AIOPS_LOOP
#endif

namespace aiops::bench {

AIOPS_LOOP void copy(const Arrays& arrays) {
  const double* __restrict a = static_cast<double*>(__builtin_assume_aligned(arrays.a, 64));
  double* __restrict c = static_cast<double*>(__builtin_assume_aligned(arrays.c, 64));
  for (std::int64_t i = 0; i < arrays.n; ++i) c[i] = a[i];
}

AIOPS_LOOP void triad(const Arrays& arrays) {
  const double* __restrict a = static_cast<double*>(__builtin_assume_aligned(arrays.a, 64));
  const double* __restrict b = static_cast<double*>(__builtin_assume_aligned(arrays.b, 64));
  double* __restrict c = static_cast<double*>(__builtin_assume_aligned(arrays.c, 64));
  for (std::int64_t i = 0; i < arrays.n; ++i) c[i] = a[i] + kTriadFactor * b[i];
}

AIOPS_LOOP void change(const Arrays& arrays) {
  double* c = static_cast<double*>(__builtin_assume_aligned(arrays.c, 64));
  for (std::int64_t i = 0; i < arrays.n; ++i) c[i] = 0.5 * c[i] + 1.0;
}

// Four vectors of sums, so that no addition waits for the one before it. A vector type of the
// compiler's, because it keeps an array of sums in memory.
using Lanes [[gnu::vector_size(64), gnu::may_alias]] = std::uint64_t;

AIOPS_LOOP std::uint64_t read(const Arrays& arrays) {
  const Lanes* a = reinterpret_cast<const Lanes*>(arrays.a);
  const std::int64_t vectors = arrays.n / 8;
  Lanes s0{}, s1{}, s2{}, s3{};
  std::int64_t i = 0;
  for (; i + 4 <= vectors; i += 4) {
    s0 += a[i];
    s1 += a[i + 1];
    s2 += a[i + 2];
    s3 += a[i + 3];
  }
  for (; i < vectors; ++i) s0 += a[i];
  s0 += s1 + s2 + s3;
  std::uint64_t sum = 0;
  for (int lane = 0; lane < 8; ++lane) sum += s0[lane];
  return sum;
}

#if defined(__SSE2__)

// 16 bytes a store are enough: the write-combining buffers make whole lines of four.
bool has_streaming_stores() { return true; }

void copy_streaming(const Arrays& arrays) {
  for (std::int64_t i = 0; i < arrays.n; i += 8)
    for (std::int64_t j = i; j < i + 8; j += 2)
      _mm_stream_pd(arrays.c + j, _mm_load_pd(arrays.a + j));
  _mm_sfence();
}

void triad_streaming(const Arrays& arrays) {
  const __m128d factor = _mm_set1_pd(kTriadFactor);
  for (std::int64_t i = 0; i < arrays.n; i += 8)
    for (std::int64_t j = i; j < i + 8; j += 2)
      _mm_stream_pd(arrays.c + j, _mm_add_pd(_mm_load_pd(arrays.a + j),
                                             _mm_mul_pd(factor, _mm_load_pd(arrays.b + j))));
  _mm_sfence();
}

#else

bool has_streaming_stores() { return false; }
void copy_streaming(const Arrays& arrays) { copy(arrays); }
void triad_streaming(const Arrays& arrays) { triad(arrays); }

#endif

}  // namespace aiops::bench
