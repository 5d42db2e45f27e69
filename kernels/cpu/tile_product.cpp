// SPDX-License-Identifier: Apache-2.0
// The portable product packs a block of A and a block of B into panels that are read in order, then
// fills C by register tiles of 6 × 16: enough independent sums to hide the latency of a
// multiply-add, few enough for 16 vector registers of 8 floats. Packing takes care of transposition
// and pads the panels with zeros, so the register tile has one shape.
#include "kernels/cpu/tile_product.hpp"

#include "kernels/cpu/bfloat16.hpp"
#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/openblas.hpp"

#include <algorithm>
#include <vector>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kTileRows = 6;
constexpr std::int64_t kTileColumns = 16;
constexpr std::int64_t kBlockRows = 96;      // of op(A): 96 × 256 floats stay in the L2 cache
constexpr std::int64_t kBlockColumns = 256;  // of op(B)
constexpr std::int64_t kBlockDepth = 256;

struct Operand {
  const float* data;
  std::int64_t row_step, column_step;  // of op(X) as used, not as stored
};

Operand operand(const float* data, std::int64_t leading, Transpose transpose) {
  return transpose == Transpose::yes ? Operand{data, 1, leading} : Operand{data, leading, 1};
}

// Panels of `height` rows of op(X), depth outermost inside each: out[panel][p][row].
void pack(const Operand& x, std::int64_t rows, std::int64_t depth, std::int64_t height,
          Precision precision, float* out) {
  for (std::int64_t panel = 0; panel < rows; panel += height) {
    const std::int64_t here = std::min(height, rows - panel);
    for (std::int64_t p = 0; p < depth; ++p) {
      const float* from = x.data + panel * x.row_step + p * x.column_step;
      for (std::int64_t i = 0; i < here; ++i) out[i] = from[i * x.row_step];
      for (std::int64_t i = here; i < height; ++i) out[i] = 0;
      if (precision == Precision::bf16)
        for (std::int64_t i = 0; i < here; ++i) out[i] = to_bfloat16(out[i]);
      out += height;
    }
  }
}

// sums[i][j] = sum over p of a[p][i] · b[p][j].
AIOPS_CLONES void register_tile(std::int64_t depth, const float* a, const float* b, float* sums) {
  float acc[kTileRows][kTileColumns] = {};
  for (std::int64_t p = 0; p < depth; ++p, a += kTileRows, b += kTileColumns)
    for (std::int64_t i = 0; i < kTileRows; ++i)
#pragma omp simd
      for (std::int64_t j = 0; j < kTileColumns; ++j) acc[i][j] += a[i] * b[j];
  for (std::int64_t i = 0; i < kTileRows; ++i)
    for (std::int64_t j = 0; j < kTileColumns; ++j) sums[i * kTileColumns + j] = acc[i][j];
}

// Packed panels are kept by each thread, so that a product allocates once.
struct Panels {
  std::vector<float> a = std::vector<float>(kBlockRows * kBlockDepth);
  std::vector<float> b = std::vector<float>(kBlockColumns * kBlockDepth);
};

void multiply_block(const TileProduct& product, const Panels& panels, std::int64_t row,
                    std::int64_t column, std::int64_t depth) {
  const std::int64_t rows = std::min(kBlockRows, product.m - row);
  const std::int64_t columns = std::min(kBlockColumns, product.n - column);
  float sums[kTileRows * kTileColumns];
  for (std::int64_t i = 0; i < rows; i += kTileRows) {
    for (std::int64_t j = 0; j < columns; j += kTileColumns) {
      register_tile(depth, panels.a.data() + i * depth, panels.b.data() + j * depth, sums);
      const std::int64_t high = std::min(kTileRows, rows - i);
      const std::int64_t wide = std::min(kTileColumns, columns - j);
      for (std::int64_t r = 0; r < high; ++r) {
        float* to = product.c + (row + i + r) * product.ldc + column + j;
        for (std::int64_t s = 0; s < wide; ++s) to[s] += product.alpha * sums[r * kTileColumns + s];
      }
    }
  }
}

}  // namespace

void portable_tile_product(const TileProduct& product) {
  if (product.beta == 0)
    for (std::int64_t i = 0; i < product.m; ++i)
      std::fill_n(product.c + i * product.ldc, product.n, 0.0F);
  static thread_local Panels panels;
  const Operand a = operand(product.a, product.lda, product.transpose_a);
  const Operand b = operand(product.b, product.ldb, product.transpose_b);
  for (std::int64_t p = 0; p < product.k; p += kBlockDepth) {
    const std::int64_t depth = std::min(kBlockDepth, product.k - p);
    for (std::int64_t j = 0; j < product.n; j += kBlockColumns) {
      const Operand columns{b.data + p * b.row_step + j * b.column_step, b.column_step, b.row_step};
      pack(columns, std::min(kBlockColumns, product.n - j), depth, kTileColumns, product.precision,
           panels.b.data());
      for (std::int64_t i = 0; i < product.m; i += kBlockRows) {
        const Operand rows{a.data + i * a.row_step + p * a.column_step, a.row_step, a.column_step};
        pack(rows, std::min(kBlockRows, product.m - i), depth, kTileRows, product.precision,
             panels.a.data());
        multiply_block(product, panels, i, j, depth);
      }
    }
  }
}

void tile_product(const TileProduct& product) {
  if (product.m <= 0 || product.n <= 0) return;
  static const OpenBlas* const library = OpenBlas::find();
  if (library != nullptr && product.precision == Precision::fp32)
    library->multiply(product);
  else
    portable_tile_product(product);
}

}  // namespace aiops::kernels
