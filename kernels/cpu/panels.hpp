// SPDX-License-Identifier: Apache-2.0
// Products on one thread of operands that are packed once and multiplied by several others: what
// attention is built from.
#pragma once

#include "kernels/cpu/product_engine.hpp"

#include <algorithm>
#include <cstdint>

namespace aiops::kernels {

// Rows of op(A), or columns of op(B), packed for an engine, in memory of somebody else: of
// ProductEngine::room() for so many, as deep as they are.
class Panels {
 public:
  Panels() = default;
  explicit Panels(float* memory) : memory_(memory) {}

  void pack_rows(const ProductEngine& engine, const Operand& x, std::int64_t rows,
                 std::int64_t depth) {
    hold(engine, engine.rows, rows, depth);
    engine.pack_a(x, rows, depth, memory_);
  }
  void pack_columns(const ProductEngine& engine, const Operand& x, std::int64_t columns,
                    std::int64_t depth) {
    hold(engine, engine.columns, columns, depth);
    engine.pack_b(x, columns, depth, memory_);
  }

  std::int64_t count() const { return count_; }  // rows, or columns
  // Without the first rows (or columns), as many as whole panels hold; without the first of the
  // depth, as many as whole elements hold.
  Panels after(std::int64_t rows) const {
    Panels rest = *this;
    rest.memory_ += rows * elements_;
    rest.count_ -= rows;
    return rest;
  }
  Panels deeper(const ProductEngine& engine, std::int64_t depth) const {
    Panels rest = *this;
    rest.memory_ += depth / engine.depth_of_element * height_;
    return rest;
  }

  // The panel that begins with a row (or column), from an element on.
  const float* from(std::int64_t row, std::int64_t element) const {
    return memory_ + row * elements_ + element * height_;
  }

 private:
  void hold(const ProductEngine& engine, std::int64_t height, std::int64_t count,
            std::int64_t depth) {
    height_ = height;
    count_ = count;
    elements_ = engine.elements(depth);
  }

  float* memory_ = nullptr;
  std::int64_t height_ = 0, count_ = 0, elements_ = 0;
};

// What is wanted of some rows of C: its first columns, each from a part of the depth. Other columns
// may be written or not; the rest of the depth holds zeros, which may be added or not.
struct Reach {
  std::int64_t columns, begin, end;
};

// So many columns as cache lines hold: a masked store costs more than the columns it leaves out.
constexpr std::int64_t whole_lines(std::int64_t columns) { return (columns + 15) / 16 * 16; }

// C (+)= alpha · op(A) op(B). `to` is all of C: its rows and columns are those of the panels.
// reach(row, rows) says what is wanted of some rows.
template <typename ReachOf>
void multiply_panels(const ProductEngine& engine, const Panels& a, const Panels& b,
                     const OutputTile& to, const ReachOf& reach) {
  OutputTile tile = to;
  Prefetch nothing;
  for (std::int64_t j = 0; j < b.count(); j += engine.columns)
    for (std::int64_t i = 0; i < a.count(); i += engine.rows) {
      tile.rows = std::min(engine.rows, a.count() - i);
      const Reach wanted = reach(i, tile.rows);
      if (j >= wanted.columns) continue;
      tile.columns = std::min({engine.columns, b.count() - j, whole_lines(wanted.columns - j)});
      tile.c = to.c + i * to.stride + j;
      const std::int64_t begin = wanted.begin / engine.depth_of_element;
      const std::int64_t end = engine.elements(wanted.end);
      engine.multiply(std::max<std::int64_t>(0, end - begin), a.from(i, begin), b.from(j, begin),
                      tile, nothing);
    }
}

}  // namespace aiops::kernels
