// SPDX-License-Identifier: Apache-2.0
// A product is cut into tiles of C, each computed whole by one thread. A tile packs its strip of A
// and its strip of B anew, so few large tiles are cheapest, and many small ones share out best. The
// cut follows from the shape alone, and is fine enough for machines of a few dozen cores.
#include "kernels/gemm.hpp"

#include "kernels/cpu/openblas.hpp"
#include "kernels/cpu/thin_product.hpp"
#include "kernels/cpu/tile_product.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kSmallestSide = 64;
constexpr std::int64_t kLargestSide = 512;
constexpr double kTileWork = 36e6;  // multiply-adds: a third of a millisecond at 100 a nanosecond

std::int64_t pieces_of(std::int64_t length, std::int64_t side) {
  return (length + side - 1) / side;
}

// The length of a side when `length` is cut into equal pieces of at most `side`, in steps of 16.
std::int64_t even_side(std::int64_t length, std::int64_t side) {
  const std::int64_t even = (length + pieces_of(length, side) - 1) / pieces_of(length, side);
  return (even + 15) / 16 * 16;
}

struct Cut {
  std::int64_t rows, columns;
};

// Halves the longer side until a tile is worth about kTileWork.
Cut cut(const Gemm& shape) {
  Cut side{std::min(shape.m, kLargestSide), std::min(shape.n, kLargestSide)};
  const auto work = [&] {
    return static_cast<double>(side.rows) * static_cast<double>(side.columns) *
           static_cast<double>(shape.k);
  };
  while (work() > kTileWork && std::max(side.rows, side.columns) > kSmallestSide)
    (side.rows > side.columns ? side.rows : side.columns) /= 2;
  return {even_side(shape.m, side.rows), even_side(shape.n, side.columns)};
}

}  // namespace

void gemm(const Gemm& shape, const float* a, const float* b, float* c, ThreadPool& threads) {
  if (shape.m <= 0 || shape.n <= 0) return;
  if (is_thin(shape)) return thin_product(shape, a, b, c, threads);
  const bool flip_a = shape.transpose_a == Transpose::yes;
  const bool flip_b = shape.transpose_b == Transpose::yes;
  const Cut side = cut(shape);
  const std::int64_t across = pieces_of(shape.n, side.columns);
  for_each_chunk(threads, pieces_of(shape.m, side.rows) * across, 1,
                 [&](std::int64_t tile, std::int64_t) {
                   const std::int64_t row = tile / across * side.rows;
                   const std::int64_t column = tile % across * side.columns;
                   TileProduct p;
                   p.m = std::min(side.rows, shape.m - row);
                   p.n = std::min(side.columns, shape.n - column);
                   p.k = shape.k;
                   p.transpose_a = shape.transpose_a;
                   p.transpose_b = shape.transpose_b;
                   p.lda = flip_a ? shape.m : shape.k;
                   p.a = a + (flip_a ? row : row * shape.k);
                   p.ldb = flip_b ? shape.k : shape.n;
                   p.b = b + (flip_b ? column * shape.k : column);
                   p.ldc = shape.n;
                   p.c = c + row * shape.n + column;
                   p.precision = shape.precision;
                   p.beta = shape.accumulate == Accumulate::yes ? 1.0F : 0.0F;
                   tile_product(p);
                 });
}

const char* gemm_engine() {
  const OpenBlas* library = OpenBlas::find();
  return library != nullptr ? library->name().c_str() : "portable";
}

}  // namespace aiops::kernels
