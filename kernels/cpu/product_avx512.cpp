// SPDX-License-Identifier: Apache-2.0
// Products on AVX-512: a register tile of 8 rows × 48 columns is 24 of the 32 registers, three more
// hold a row of B's panel and one an element of A. Two multiply-adds a cycle need 24 independent
// sums at a latency of four cycles with room to spare, and per 24 of them only 11 loads.
//
// vdpbf16ps multiplies pairs of bfloat16 where vfmadd multiplies floats: twice the work an
// instruction. As a pair is as long as a float, everything but the loads of packing and this one
// instruction is shared.
#include "kernels/cpu/product_engine.hpp"
#include "kernels/cpu/rounding.hpp"

#if defined(__x86_64__)

// GCC 12's header leaves the register that a mask of ones hides undefined, and warns of itself (bug
// 105593).
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>

#include <algorithm>

#define AIOPS_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
#define AIOPS_AVX512_BF16 \
  __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,fma")))
// What is handed arrays of vectors has to be part of its caller: elsewhere they lie in memory.
#define AIOPS_INLINE inline __attribute__((always_inline))

namespace aiops::kernels {
namespace {

constexpr std::int64_t kRows = 8;
constexpr std::int64_t kColumns = 48;
// Panels of A are 12 KiB then and stay in the L1 cache, those of B 72 KiB in the L2 cache; and C is
// read and written once per 384 multiply-adds.
constexpr std::int64_t kElements = 384;
constexpr std::int64_t kLanes = 16;

// The first `count` lanes.
AIOPS_AVX512 inline __mmask16 first_lanes(std::int64_t count) {
  return static_cast<__mmask16>((1U << std::clamp<std::int64_t>(count, 0, kLanes)) - 1U);
}

// out[i][j] = in[j][i]: by pairs of 4, 8, 16 and 32 bytes.
AIOPS_AVX512 AIOPS_INLINE void transpose(__m512i (&r)[kLanes]) {
  __m512i t[kLanes];
#pragma GCC unroll 8
  for (int i = 0; i < 8; ++i) {
    t[2 * i] = _mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]);
    t[2 * i + 1] = _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    r[4 * i] = _mm512_unpacklo_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 1] = _mm512_unpackhi_epi64(t[4 * i], t[4 * i + 2]);
    r[4 * i + 2] = _mm512_unpacklo_epi64(t[4 * i + 1], t[4 * i + 3]);
    r[4 * i + 3] = _mm512_unpackhi_epi64(t[4 * i + 1], t[4 * i + 3]);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    t[i] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0x88);
    t[i + 4] = _mm512_shuffle_i32x4(r[i], r[i + 4], 0xdd);
    t[i + 8] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0x88);
    t[i + 12] = _mm512_shuffle_i32x4(r[i + 8], r[i + 12], 0xdd);
  }
#pragma GCC unroll 4
  for (int i = 0; i < 4; ++i) {
    r[i] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0x88);
    r[i + 4] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0x88);
    r[i + 8] = _mm512_shuffle_i32x4(t[i], t[i + 8], 0xdd);
    r[i + 12] = _mm512_shuffle_i32x4(t[i + 4], t[i + 12], 0xdd);
  }
}

template <std::int64_t kHeight>
constexpr std::int64_t kWhole = std::max(kHeight, kLanes);  // rows of whole stores of whole panels

template <std::int64_t kHeight>
constexpr std::int64_t padded(std::int64_t rows) {
  return (rows + kWhole<kHeight> - 1) / kWhole<kHeight> * kWhole<kHeight>;
}

// Where 16 rows of panels go, element by element: into two of A's or a third of one of B's.
template <std::int64_t kHeight>
class Strip {
 public:
  Strip(float* panels, std::int64_t row, std::int64_t elements)
      : to_(panels + row / kHeight * kHeight * elements + row % kHeight),
        panel_(kHeight * elements) {}

  AIOPS_AVX512 AIOPS_INLINE void store(std::int64_t element, __m512i rows) const {
    float* to = to_ + element * kHeight;
    if constexpr (kHeight == kRows) {
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm512_castsi512_si256(rows));
      _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + panel_),
                          _mm512_extracti64x4_epi64(rows, 1));
    } else {
      _mm512_storeu_si512(to, rows);
    }
  }

 private:
  float* to_;
  std::int64_t panel_;
};

// Panels often lie a multiple of 4 KiB apart, so that one set of the first-level cache holds a line
// of only eight of them: of rows that lie across the depth, some lines of a panel are written
// before the next one is.
constexpr std::int64_t kTogether = 8;

// Floats: rows that lie along the depth are transposed 16 × 16 in registers, others copied.
template <std::int64_t kHeight>
AIOPS_AVX512 void pack_floats(const Operand& x, std::int64_t rows, std::int64_t depth,
                              float* panels) {
  const std::int64_t end = padded<kHeight>(rows);
  if (x.depth_step == 1) {
    for (std::int64_t row = 0; row < end; row += kLanes) {
      const Strip<kHeight> strip(panels, row, depth);
      const float* from = x.data + row * x.row_step;
      for (std::int64_t p = 0; p < depth; p += kLanes, from += kLanes) {
        const __mmask16 within = first_lanes(depth - p);
        __m512i r[kLanes];
#pragma GCC unroll 16
        for (std::int64_t i = 0; i < kLanes; ++i)
          r[i] = row + i < rows ? _mm512_maskz_loadu_epi32(within, from + i * x.row_step)
                                : _mm512_setzero_si512();
        transpose(r);
#pragma GCC unroll 16
        for (std::int64_t i = 0; i < kLanes; ++i)
          if (p + i < depth) strip.store(p + i, r[i]);
      }
    }
    return;
  }
  for (std::int64_t begin = 0; begin < depth; begin += kTogether)
    for (std::int64_t row = 0; row < end; row += kWhole<kHeight>)
      for (std::int64_t p = begin; p < std::min(begin + kTogether, depth); ++p) {
        const float* from = x.data + p * x.depth_step + row;
#pragma GCC unroll 3
        for (std::int64_t i = 0; i < kWhole<kHeight>; i += kLanes)
          Strip<kHeight>(panels + row * depth, i, depth)
              .store(p, _mm512_maskz_loadu_epi32(first_lanes(rows - row - i), from + i));
      }
}

// Rows of an operand are read side by side, more of them than the CPU foresees.
constexpr std::int64_t kDepthsAhead = 4;
AIOPS_INLINE void ask_far(const float* row) {
  constexpr std::int64_t kAhead = 4 * kLanes;
  __builtin_prefetch(row + kAhead);
  __builtin_prefetch(row + kAhead + kLanes);
}

// Two vectors of floats as 32 bfloat16, `low` first.
AIOPS_AVX512_BF16 AIOPS_INLINE __m512i round_both(__m512 low, __m512 high) {
  return reinterpret_cast<__m512i>(_mm512_cvtne2ps_pbh(high, low));
}

// Pairs along the depth, rounded to bfloat16.
template <std::int64_t kHeight>
AIOPS_AVX512_BF16 void pack_pairs(const Operand& x, std::int64_t rows, std::int64_t depth,
                                  float* panels) {
  const std::int64_t end = padded<kHeight>(rows);
  const std::int64_t elements = (depth + 1) / 2;
  if (x.depth_step == 1) {
    for (std::int64_t row = 0; row < end; row += kLanes) {
      const Strip<kHeight> strip(panels, row, elements);
      const float* from = x.data + row * x.row_step;
      for (std::int64_t e = 0; e < elements; e += kLanes, from += 2 * kLanes) {
        const __mmask16 low = first_lanes(depth - 2 * e);
        const __mmask16 high = first_lanes(depth - 2 * e - kLanes);
        __m512i r[kLanes];
#pragma GCC unroll 16
        for (std::int64_t i = 0; i < kLanes; ++i) {
          const float* at = from + i * x.row_step;
          ask_far(at);
          r[i] = row + i < rows ? round_both(_mm512_maskz_loadu_ps(low, at),
                                             _mm512_maskz_loadu_ps(high, at + kLanes))
                                : _mm512_setzero_si512();
        }
        transpose(r);
#pragma GCC unroll 16
        for (std::int64_t i = 0; i < kLanes; ++i)
          if (e + i < elements) strip.store(e + i, r[i]);
      }
    }
    return;
  }
  // Words 0, 16, 1, 17, …: the rows of two depths become pairs.
  alignas(64) std::uint16_t order[2 * kLanes];
  for (std::uint16_t i = 0; i < 2 * kLanes; ++i)
    order[i] = static_cast<std::uint16_t>(i / 2 + i % 2 * kLanes);
  const __m512i pairs = _mm512_load_si512(order);
  for (std::int64_t begin = 0; begin < elements; begin += kTogether)
    for (std::int64_t row = 0; row < end; row += kWhole<kHeight>)
      for (std::int64_t e = begin; e < std::min(begin + kTogether, elements); ++e) {
        const float* from = x.data + 2 * e * x.depth_step + row;
        const bool alone = 2 * e + 1 == depth;
#pragma GCC unroll 3
        for (std::int64_t i = 0; i < kWhole<kHeight>; i += kLanes) {
          const __mmask16 within = first_lanes(rows - row - i);
          const float* at = from + i;
          __builtin_prefetch(at + kDepthsAhead * x.depth_step);
          __builtin_prefetch(at + (kDepthsAhead + 1) * x.depth_step);
          const __m512 first = _mm512_maskz_loadu_ps(within, at);
          const __m512 second =
              alone ? _mm512_setzero_ps() : _mm512_maskz_loadu_ps(within, at + x.depth_step);
          Strip<kHeight>(panels + row * elements, i, elements)
              .store(e, _mm512_permutexvar_epi16(pairs, round_both(first, second)));
        }
      }
}

template <std::int64_t kHeight>
void pack_rounded(const Operand& x, std::int64_t rows, std::int64_t depth, float* panels) {
  pack_floats<kHeight>(x, rows, depth, panels);
  round_to_bfloat16(padded<kHeight>(rows) * depth, panels);
}

// What a tile adds up, `kVectors` of 16 columns wide: the last panel of an operand is seldom full,
// and a third of the tile is a third of the work.
template <std::int64_t kVectors>
using Sums = __m512[kRows][kVectors];

// A tile that sticks out of C.
template <std::int64_t kVectors>
AIOPS_AVX512 AIOPS_INLINE void store_edge(const Sums<kVectors>& sums, const OutputTile& to) {
  const __m512 alpha = _mm512_set1_ps(to.alpha);
#pragma GCC unroll 8
  for (std::int64_t i = 0; i < kRows; ++i) {
    if (i >= to.rows) continue;
#pragma GCC unroll 3
    for (std::int64_t j = 0; j < kVectors; ++j) {
      const __mmask16 within = first_lanes(to.columns - j * kLanes);
      float* c = to.c + i * to.stride + j * kLanes;
      const __m512 before =
          to.accumulate == Accumulate::yes ? _mm512_maskz_loadu_ps(within, c) : _mm512_setzero_ps();
      __m512 sum = _mm512_fmadd_ps(alpha, sums[i][j], before);
      if (to.bias != nullptr)
        sum = _mm512_add_ps(sum, _mm512_maskz_loadu_ps(within, to.bias + j * kLanes));
      _mm512_mask_storeu_ps(c, within, sum);
    }
  }
}

template <std::int64_t kVectors>
AIOPS_AVX512 AIOPS_INLINE void store_tile(const Sums<kVectors>& sums, const OutputTile& to) {
  if (to.rows < kRows || to.columns < kVectors * kLanes) return store_edge<kVectors>(sums, to);
  const __m512 alpha = _mm512_set1_ps(to.alpha);
  float* c = to.c;
#pragma GCC unroll 8
  for (std::int64_t i = 0; i < kRows; ++i, c += to.stride)
#pragma GCC unroll 3
    for (std::int64_t j = 0; j < kVectors; ++j) {
      float* at = c + j * kLanes;
      __m512 sum = to.accumulate == Accumulate::yes
                       ? _mm512_fmadd_ps(alpha, sums[i][j], _mm512_loadu_ps(at))
                       : _mm512_mul_ps(alpha, sums[i][j]);
      if (to.bias != nullptr) sum = _mm512_add_ps(sum, _mm512_loadu_ps(to.bias + j * kLanes));
      _mm512_storeu_ps(at, sum);
    }
}

template <std::int64_t kVectors>
AIOPS_AVX512 AIOPS_INLINE void add_floats(const float* a, const float* b, Sums<kVectors>& sums) {
  __m512 row[kVectors];
#pragma GCC unroll 3
  for (std::int64_t j = 0; j < kVectors; ++j) row[j] = _mm512_loadu_ps(b + j * kLanes);
#pragma GCC unroll 8
  for (std::int64_t i = 0; i < kRows; ++i) {
    const __m512 x = _mm512_set1_ps(a[i]);
#pragma GCC unroll 3
    for (std::int64_t j = 0; j < kVectors; ++j) sums[i][j] = _mm512_fmadd_ps(x, row[j], sums[i][j]);
  }
}

AIOPS_AVX512_BF16 AIOPS_INLINE __m512bh pairs_at(const float* at) {
  return reinterpret_cast<__m512bh>(_mm512_loadu_ps(at));
}

template <std::int64_t kVectors>
AIOPS_AVX512_BF16 AIOPS_INLINE void add_pairs(const float* a, const float* b,
                                              Sums<kVectors>& sums) {
  __m512bh row[kVectors];
#pragma GCC unroll 3
  for (std::int64_t j = 0; j < kVectors; ++j) row[j] = pairs_at(b + j * kLanes);
#pragma GCC unroll 8
  for (std::int64_t i = 0; i < kRows; ++i) {
    const auto x = reinterpret_cast<__m512bh>(_mm512_set1_ps(a[i]));
#pragma GCC unroll 3
    for (std::int64_t j = 0; j < kVectors; ++j)
      sums[i][j] = _mm512_dpbf16_ps(sums[i][j], x, row[j]);
  }
}

// What is read after 32 more elements of a panel of A: they are two lines per kAskEvery, and where
// panels of A stream past one of B's, the next one follows in memory.
AIOPS_INLINE void ask_ahead(const float* a) {
  constexpr std::int64_t kAhead = 32;
  __builtin_prefetch(a + kAhead * kRows);
  __builtin_prefetch(a + (kAhead + 2) * kRows);
}

// C arrives while the sums are made, and so does what comes next.
template <std::int64_t kVectors>
AIOPS_AVX512 void multiply_floats(std::int64_t elements, const float* a, const float* b,
                                  const OutputTile& to, Prefetch& next) {
  Sums<kVectors> sums = {};
  Prefetch c(to.c, to.rows, to.columns, to.stride);
  for (; elements >= kAskEvery; elements -= kAskEvery) {
    c.ask();
    next.ask();
    ask_ahead(a);
    for (std::int64_t p = 0; p < kAskEvery; ++p, a += kRows, b += kColumns)
      add_floats<kVectors>(a, b, sums);
  }
  for (; elements > 0; --elements, a += kRows, b += kColumns) add_floats<kVectors>(a, b, sums);
  store_tile<kVectors>(sums, to);
}

template <std::int64_t kVectors>
AIOPS_AVX512_BF16 void multiply_pairs(std::int64_t elements, const float* a, const float* b,
                                      const OutputTile& to, Prefetch& next) {
  Sums<kVectors> sums = {};
  Prefetch c(to.c, to.rows, to.columns, to.stride);
  for (; elements >= kAskEvery; elements -= kAskEvery) {
    c.ask();
    next.ask();
    ask_ahead(a);
    for (std::int64_t p = 0; p < kAskEvery; ++p, a += kRows, b += kColumns)
      add_pairs<kVectors>(a, b, sums);
  }
  for (; elements > 0; --elements, a += kRows, b += kColumns) add_pairs<kVectors>(a, b, sums);
  store_tile<kVectors>(sums, to);
}

// The tile as wide as C is here.
template <MultiplyPanels* kOne, MultiplyPanels* kTwo, MultiplyPanels* kThree>
void multiply(std::int64_t elements, const float* a, const float* b, const OutputTile& to,
              Prefetch& next) {
  const auto tile = to.columns <= kLanes ? kOne : to.columns <= 2 * kLanes ? kTwo : kThree;
  tile(elements, a, b, to, next);
}

constexpr MultiplyPanels* kMultiplyFloats =
    multiply<multiply_floats<1>, multiply_floats<2>, multiply_floats<3>>;
constexpr MultiplyPanels* kMultiplyPairs =
    multiply<multiply_pairs<1>, multiply_pairs<2>, multiply_pairs<3>>;

}  // namespace

const ProductEngine& avx512_engine(Precision precision) {
  static constexpr ProductEngine kFp32{
      "AVX-512",      kRows, kColumns, kElements, 1, pack_floats<kRows>, pack_floats<kColumns>,
      kMultiplyFloats};
  static constexpr ProductEngine kRounded{
      "AVX-512",      kRows, kColumns, kElements, 1, pack_rounded<kRows>, pack_rounded<kColumns>,
      kMultiplyFloats};
  return precision == Precision::fp32 ? kFp32 : kRounded;
}

const ProductEngine& avx512_bf16_engine() {
  static constexpr ProductEngine kBf16{
      "AVX-512 BF16",       kRows,         kColumns, 2 * kElements, 2, pack_pairs<kRows>,
      pack_pairs<kColumns>, kMultiplyPairs};
  return kBf16;
}

}  // namespace aiops::kernels

#endif
