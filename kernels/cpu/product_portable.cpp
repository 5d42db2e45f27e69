// SPDX-License-Identifier: Apache-2.0
// Products without intrinsics, for any CPU: a register tile of 4 × 8, which the compiler turns into
// eight sums of four floats where registers hold that many.
#include "kernels/cpu/plain_packing.hpp"

namespace aiops::kernels {
namespace {

constexpr std::int64_t kRows = 4;
constexpr std::int64_t kColumns = 8;
constexpr std::int64_t kDepth = 256;

void multiply(std::int64_t elements, const float* a, const float* b, const OutputTile& to,
              Prefetch& next) {
  float sums[kRows][kColumns] = {};
  for (std::int64_t p = 0; p < elements; ++p, a += kRows, b += kColumns) {
    if (p % kAskEvery == 0) next.ask();
    for (std::int64_t i = 0; i < kRows; ++i)
#pragma omp simd
      for (std::int64_t j = 0; j < kColumns; ++j) sums[i][j] += a[i] * b[j];
  }
  for (std::int64_t i = 0; i < to.rows; ++i)
    for (std::int64_t j = 0; j < to.columns; ++j) {
      float& c = to.c[i * to.stride + j];
      c = to.alpha * sums[i][j] + (to.accumulate == Accumulate::yes ? c : 0.0F);
      if (to.bias != nullptr) c += to.bias[j];
    }
}

}  // namespace

const ProductEngine& portable_engine(Precision precision) {
  static constexpr ProductEngine kFp32{
      "portable", kRows, kColumns, kDepth, 1, pack_plainly<kRows>, pack_plainly<kColumns>,
      multiply};
  static constexpr ProductEngine kRounded{"portable",
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
