// SPDX-License-Identifier: Apache-2.0
// A tile of attention: some queries of one head against some keys, the products of the two, and the
// memory that a thread keeps for them.
//
// Queries are packed for products once, keys once for each tile of queries. Where a tile lies on
// the diagonal, products leave out what causality makes zero, a few rows at a time.
#pragma once

#include "kernels/cpu/pack_space.hpp"
#include "kernels/cpu/panels.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace aiops::kernels::attending {

inline constexpr std::int64_t kQueries = 288;  // of a tile
inline constexpr std::int64_t kKeys = 144;     // of a tile
// So the first queries to see a tile of keys are those of one tile, which see all of its keys.
static_assert(kQueries % kKeys == 0 && kKeys == whole_lines(kKeys));

// A part of a larger row-major array.
struct View {
  const float* data;
  std::int64_t stride;
  View from(std::int64_t row) const { return {data + row * stride, stride}; }
  Operand rows() const { return rows_of(data, stride, Transpose::no); }
  Operand columns() const { return columns_of(data, stride, Transpose::no); }
  Operand flipped_rows() const { return rows_of(data, stride, Transpose::yes); }
  Operand flipped_columns() const { return columns_of(data, stride, Transpose::yes); }
};

// A part of a larger row-major result, which is added to where something is in it.
struct Sink {
  float* data;
  std::int64_t stride;
  Accumulate accumulate;
};

// The tile of one head of one sequence at (first query, first key), and its products.
struct Tile {
  std::int64_t query, queries;  // the first, and how many
  std::int64_t head_dim;
  std::int64_t offset;  // query i sees the keys up to offset + i
  Precision precision;
  std::int64_t key = 0, keys = std::min(kKeys, end());  // the first, and how many

  const ProductEngine& engine() const { return product_engine(precision); }
  float scale() const { return 1.0F / std::sqrt(static_cast<float>(head_dim)); }

  // From tile to tile of the keys that some of its queries see.
  std::int64_t end() const { return offset + query + queries; }
  bool has_keys() const { return key < end(); }
  void next_keys() {
    key += kKeys;
    keys = std::min(kKeys, end() - key);
  }

  // The first key of the tile not seen by its i-th query.
  std::int64_t hidden_from(std::int64_t i) const {
    return std::clamp<std::int64_t>(offset + query + i - key + 1, 0, keys);
  }
  // The first query of the tile that sees its j-th key.
  std::int64_t seen_from(std::int64_t j) const {
    return std::clamp<std::int64_t>(key + j - offset - query, 0, queries);
  }

  // How many of its first queries see none of its keys, by what is whole panels of every engine.
  std::int64_t blind() const {
    constexpr std::int64_t kWhole = 48;
    return std::max<std::int64_t>(0, key - offset - query) / kWhole * kWhole;
  }
  // Without its first queries.
  Tile after(std::int64_t first) const {
    Tile rest = *this;
    rest.query += first;
    rest.queries -= first;
    return rest;
  }

  // scores (queries × keys, rows of kKeys) = alpha · a b^T, where queries see keys.
  void product_of_rows(float alpha, const Panels& a, const Panels& b, float* scores) const {
    multiply(a, b, alpha, {scores, kKeys, Accumulate::no}, [&](std::int64_t i, std::int64_t rows) {
      return Reach{hidden_from(i + rows - 1), 0, head_dim};
    });
  }
  // out (queries × head_dim) (+)= alpha · scores b.
  void scores_times(float alpha, const Panels& scores, const Panels& b, const Sink& out) const {
    multiply(scores, b, alpha, out, [&](std::int64_t i, std::int64_t rows) {
      return Reach{head_dim, 0, hidden_from(i + rows - 1)};
    });
  }
  // out (keys × head_dim) (+)= alpha · scores^T b.
  void flipped_times(float alpha, const Panels& scores, const Panels& b, const Sink& out) const {
    multiply(scores, b, alpha, out, [&](std::int64_t j, std::int64_t) {
      return Reach{head_dim, seen_from(j), queries};
    });
  }

 private:
  template <typename ReachOf>
  void multiply(const Panels& a, const Panels& b, float alpha, const Sink& to,
                const ReachOf& reach) const {
    multiply_panels(engine(), a, b,
                    {.c = to.data,
                     .stride = to.stride,
                     .rows = a.count(),
                     .columns = b.count(),
                     .alpha = alpha,
                     .accumulate = to.accumulate},
                    reach);
  }
};

// What a thread keeps of a tile; the backward pass needs all of it.
struct Space {
  // Along the head, for products of rows; and along queries or keys, for products with scores.
  Panels q, k, v, out_gradient;
  Panels q_columns, k_columns, v_columns, out_gradient_columns;
  Panels scores, flipped;
  float *p, *ds;  // queries × kKeys

  Space(Layout memory, std::int64_t head_dim) {
    const auto take = [&](std::int64_t count, std::int64_t depth) {
      return memory.take(ProductEngine::room(count) * depth);
    };
    for (Panels* of_queries : {&q, &out_gradient}) *of_queries = Panels(take(kQueries, head_dim));
    for (Panels* of_keys : {&k, &v}) *of_keys = Panels(take(kKeys, head_dim));
    for (Panels* x : {&q_columns, &out_gradient_columns}) *x = Panels(take(head_dim, kQueries));
    for (Panels* x : {&k_columns, &v_columns}) *x = Panels(take(head_dim, kKeys));
    scores = Panels(take(kQueries, kKeys));
    flipped = Panels(take(kKeys, kQueries));
    p = take(kQueries, kKeys);
    ds = take(kQueries, kKeys);
    used_ = memory.used();
  }

  // The calling thread's.
  static Space of_thread(std::int64_t head_dim) {
    static thread_local PackSpace memory;
    const auto floats = static_cast<std::int64_t>(Space(Layout(), head_dim).used_);
    return Space(Layout(memory.take(floats)), head_dim);
  }

 private:
  std::uint64_t used_ = 0;  // floats
};

}  // namespace aiops::kernels::attending
