// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/tile_product.hpp"

#include "kernels/cpu/pack_space.hpp"
#include "kernels/cpu/product_engine.hpp"

#include <algorithm>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kBlockRows = 96;      // of op(A)
constexpr std::int64_t kBlockColumns = 192;  // of op(B)

// Both operands of a block of C, packed.
struct Panels {
  const ProductEngine& engine;
  std::int64_t elements;
  const float *a, *b;
};

void multiply_block(const Panels& panels, const OutputTile& block) {
  const ProductEngine& engine = panels.engine;
  OutputTile tile = block;
  Prefetch nothing;
  for (std::int64_t j = 0; j < block.columns; j += engine.columns)
    for (std::int64_t i = 0; i < block.rows; i += engine.rows) {
      tile.c = block.c + i * block.stride + j;
      tile.rows = std::min(engine.rows, block.rows - i);
      tile.columns = std::min(engine.columns, block.columns - j);
      engine.multiply(panels.elements, panels.a + i * panels.elements,
                      panels.b + j * panels.elements, tile, nothing);
    }
}

}  // namespace

Operand rows_of(const float* a, std::int64_t lda, Transpose transpose) {
  return transpose == Transpose::yes ? Operand{a, 1, lda} : Operand{a, lda, 1};
}

Operand columns_of(const float* b, std::int64_t ldb, Transpose transpose) {
  return transpose == Transpose::yes ? Operand{b, ldb, 1} : Operand{b, 1, ldb};
}

void tile_product(const TileProduct& p) {
  if (p.m <= 0 || p.n <= 0) return;
  const ProductEngine& engine = product_engine(p.precision);
  const Operand a = rows_of(p.a, p.lda, p.transpose_a);
  const Operand b = columns_of(p.b, p.ldb, p.transpose_b);
  static thread_local PackSpace space_a;
  static thread_local PackSpace space_b;
  float* const packed_a = space_a.take(ProductEngine::room(kBlockRows) * engine.depth);
  float* const packed_b = space_b.take(ProductEngine::room(kBlockColumns) * engine.depth);
  for (std::int64_t depth = 0; depth == 0 || depth < p.k; depth += engine.depth) {
    const std::int64_t deep = std::clamp<std::int64_t>(p.k - depth, 0, engine.depth);
    for (std::int64_t j = 0; j < p.n; j += kBlockColumns) {
      const std::int64_t columns = std::min(kBlockColumns, p.n - j);
      engine.pack_b(b.from(j, depth), columns, deep, packed_b);
      for (std::int64_t i = 0; i < p.m; i += kBlockRows) {
        const std::int64_t rows = std::min(kBlockRows, p.m - i);
        engine.pack_a(a.from(i, depth), rows, deep, packed_a);
        multiply_block({engine, engine.elements(deep), packed_a, packed_b},
                       {.c = p.c + i * p.ldc + j,
                        .stride = p.ldc,
                        .rows = rows,
                        .columns = columns,
                        .alpha = p.alpha,
                        .accumulate = depth > 0 ? Accumulate::yes : p.accumulate});
      }
    }
  }
}

}  // namespace aiops::kernels
