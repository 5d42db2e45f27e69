// SPDX-License-Identifier: Apache-2.0
// Attention by tiles, after Dao et al., "FlashAttention" (2022): the scores of 64 queries and 64
// keys exist at a time, in the first-level cache; no array grows with the square of the length.
//
// Forward: a tile of queries walks along the keys and keeps, for each query, the largest score m so
// far and the sum l of e^(score - m). When m grows, l and the output so far shrink by
// e^(m_old - m_new). At the end out /= l, and m + log l is the logsumexp.
//
// Backward: P = e^(S - logsumexp) is rebuilt tile by tile, then dV = P^T dO, dP = dO V^T,
// dS = P (dP - D) with D = rowsum(dO · O), dQ = dS K / sqrt(d), dK = dS^T Q / sqrt(d). One piece of
// work is one key/value head of one sequence with all query heads that read it, so every sum is
// made by one thread in a fixed order.
#include "kernels/attention.hpp"

#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/rows.hpp"
#include "kernels/cpu/tile_product.hpp"
#include "kernels/cpu/vector_math.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::kernels {
namespace {

constexpr std::int64_t kTile = 64;
constexpr float kMasked = -std::numeric_limits<float>::infinity();

using Scores = float[kTile * kTile];

// A part of a larger row-major array.
struct View {
  const float* data;
  std::int64_t stride;
  View from(std::int64_t row) const { return {data + row * stride, stride}; }
};

// The tiles of one head of one sequence that meet at (first query, first key).
struct Place {
  std::int64_t query, key;     // the first of each
  std::int64_t queries, keys;  // how many of each
  std::int64_t head_dim;
  Precision precision;
  std::int64_t hidden_from(std::int64_t i, std::int64_t offset) const {  // first key not seen by i
    return std::clamp<std::int64_t>(offset + query + i - key + 1, 0, keys);
  }
};

// One query, as generation has for every token: keys and values are read once, so packing them
// would cost more than the products.
bool reads_once(const Place& at) { return at.queries == 1 && at.precision == Precision::fp32; }

// out += the sum of weights[j] · row j of b.
AIOPS_CLONES void add_rows(std::int64_t rows, std::int64_t width, const float* __restrict weights,
                           const float* __restrict b, std::int64_t stride, float* __restrict out) {
  for (std::int64_t j = 0; j < rows; ++j)
    for (std::int64_t d = 0; d < width; ++d) out[d] += weights[j] * b[j * stride + d];
}

// scores (queries × kTile) = alpha · a b^T.
void product_of_rows(const Place& at, float alpha, View a, View b, float* scores) {
  if (reads_once(at)) {
    for (std::int64_t j = 0; j < at.keys; ++j)
      scores[j] = alpha * dot(at.head_dim, a.data, b.from(j).data);
    return;
  }
  tile_product({.m = at.queries,
                .n = at.keys,
                .k = at.head_dim,
                .transpose_b = Transpose::yes,
                .a = a.data,
                .lda = a.stride,
                .b = b.data,
                .ldb = b.stride,
                .c = scores,
                .ldc = kTile,
                .alpha = alpha,
                .precision = at.precision});
}

// A part of a larger row-major result, which is added to where something is in it.
struct Sink {
  float* data;
  std::int64_t stride;
  Accumulate accumulate;
};

Accumulate after_first(bool first) { return first ? Accumulate::no : Accumulate::yes; }

// out (queries × head_dim) (+)= alpha · scores b.
void scores_times(const Place& at, float alpha, const float* scores, View b, const Sink& out) {
  tile_product({.m = at.queries,
                .n = at.head_dim,
                .k = at.keys,
                .a = scores,
                .lda = kTile,
                .b = b.data,
                .ldb = b.stride,
                .c = out.data,
                .ldc = out.stride,
                .alpha = alpha,
                .accumulate = out.accumulate,
                .precision = at.precision});
}

// out (keys × head_dim) (+)= alpha · scores^T b.
void flipped_times(const Place& at, float alpha, const float* scores, View b, const Sink& out) {
  tile_product({.m = at.keys,
                .n = at.head_dim,
                .k = at.queries,
                .transpose_a = Transpose::yes,
                .a = scores,
                .lda = kTile,
                .b = b.data,
                .ldb = b.stride,
                .c = out.data,
                .ldc = out.stride,
                .alpha = alpha,
                .accumulate = out.accumulate,
                .precision = at.precision});
}

// ds = p (dp - d), written over dp.
AIOPS_CLONES void score_gradient(std::int64_t count, float d, const float* __restrict p,
                                 float* __restrict dp) {
  for (std::int64_t i = 0; i < count; ++i) dp[i] = p[i] * (dp[i] - d);
}

// Where the running softmax of a tile of queries stands.
struct Running {
  float most[kTile];
  float sum[kTile];
};

// Turns scores into weights relative to the largest so far, and shrinks what was gathered before.
void fold(const Place& at, std::int64_t offset, float* scores, Running& running, float* out,
          std::int64_t out_stride) {
  for (std::int64_t i = 0; i < at.queries; ++i) {
    float* row = scores + i * kTile;
    const std::int64_t seen = at.hidden_from(i, offset);
    std::fill(row + seen, row + at.keys, 0.0F);
    if (seen == 0) continue;
    const float most = largest(seen, row, running.most[i]);
    const float shrink = exponential(running.most[i] - most);
    running.sum[i] = running.sum[i] * shrink + exponentiate(seen, most, row);
    if (at.key > 0 && shrink != 1.0F) multiply(at.head_dim, shrink, out + i * out_stride);
    running.most[i] = most;
  }
}

// One tile of queries of one head.
void forward_tile(Place at, std::int64_t offset, View q, View k, View v, float* out,
                  std::int64_t out_stride, float* logsumexp) {
  alignas(64) Scores scores;
  Running running;
  std::fill_n(running.most, kTile, kMasked);
  std::fill_n(running.sum, kTile, 0.0F);
  const float scale = 1.0F / std::sqrt(static_cast<float>(at.head_dim));
  const std::int64_t end = offset + at.query + at.queries;  // keys past this are hidden from all
  for (at.key = 0; at.key < end; at.key += kTile) {
    at.keys = std::min(kTile, end - at.key);
    product_of_rows(at, scale, q.from(at.query), k.from(at.key), scores);
    fold(at, offset, scores, running, out, out_stride);
    if (reads_once(at)) {
      if (at.key == 0) std::fill_n(out, at.head_dim, 0.0F);
      add_rows(at.keys, at.head_dim, scores, v.from(at.key).data, v.stride, out);
    } else {
      scores_times(at, 1, scores, v.from(at.key), {out, out_stride, after_first(at.key == 0)});
    }
  }
  for (std::int64_t i = 0; i < at.queries; ++i) {
    multiply(at.head_dim, 1.0F / running.sum[i], out + i * out_stride);
    logsumexp[at.query + i] = running.most[i] + std::log(running.sum[i]);
  }
}

struct Head {  // one query head, backward
  View q, k, v, out, out_gradient;
  const float* logsumexp;
  float *q_gradient, *k_gradient, *v_gradient;
  Accumulate accumulate;  // whether another head of the group was here: of the keys and values
};

void backward_tile(Place at, const Head& head, const Attention& shape) {
  alignas(64) Scores p;
  alignas(64) Scores ds;
  float d[kTile];
  const View dout = head.out_gradient.from(at.query);
  for (std::int64_t i = 0; i < at.queries; ++i) {
    d[i] = dot(at.head_dim, dout.from(i).data, head.out.from(at.query + i).data);
  }
  const float scale = 1.0F / std::sqrt(static_cast<float>(at.head_dim));
  const std::int64_t end = at.query + at.queries;
  for (at.key = 0; at.key < end; at.key += kTile) {
    at.keys = std::min(kTile, end - at.key);
    product_of_rows(at, scale, head.q.from(at.query), head.k.from(at.key), p);
    product_of_rows(at, 1, dout, head.v.from(at.key), ds);
    for (std::int64_t i = 0; i < at.queries; ++i) {
      float* row = p + i * kTile;
      const std::int64_t seen = at.hidden_from(i, 0);
      std::fill(row + seen, row + at.keys, 0.0F);
      exponentiate(seen, head.logsumexp[at.query + i], row);
      score_gradient(at.keys, d[i], row, ds + i * kTile);
    }
    // The first queries to see these keys are those beside them.
    const Accumulate keys = at.query == at.key ? head.accumulate : Accumulate::yes;
    flipped_times(at, 1, p, dout,
                  {head.v_gradient + at.key * shape.kv_stride, shape.kv_stride, keys});
    scores_times(
        at, scale, ds, head.k.from(at.key),
        {head.q_gradient + at.query * shape.q_stride, shape.q_stride, after_first(at.key == 0)});
    flipped_times(at, scale, ds, head.q.from(at.query),
                  {head.k_gradient + at.key * shape.kv_stride, shape.kv_stride, keys});
  }
}

}  // namespace

void attention_forward(const Attention& shape, const float* q, const float* k, const float* v,
                       float* out, float* logsumexp, ThreadPool& threads) {
  const std::int64_t tiles = (shape.queries + kTile - 1) / kTile;
  const std::int64_t out_stride = shape.heads * shape.head_dim;
  const auto piece = [&](std::int64_t index, std::int64_t) {
    const std::int64_t head = index / tiles % shape.heads;
    const std::int64_t sequence = index / tiles / shape.heads;
    const std::int64_t from = index % tiles * kTile;
    const std::int64_t queries = shape.queries_of(sequence);
    if (from >= queries) return;  // a sequence shorter than the longest
    const std::int64_t row = shape.query_row(sequence);
    const std::int64_t kv = shape.key_row(sequence) * shape.kv_stride +
                            head / (shape.heads / shape.kv_heads) * shape.head_dim;
    forward_tile({.query = from,
                  .key = 0,
                  .queries = std::min(kTile, queries - from),
                  .keys = 0,
                  .head_dim = shape.head_dim,
                  .precision = shape.precision},
                 shape.keys_of(sequence) - queries,
                 {q + row * shape.q_stride + head * shape.head_dim, shape.q_stride},
                 {k + kv, shape.kv_stride}, {v + kv, shape.kv_stride},
                 out + (row + from) * out_stride + head * shape.head_dim, out_stride,
                 logsumexp + row * shape.heads + head * queries);
  };
  for_each_chunk(threads, shape.sequences * shape.heads * tiles, 1, piece);
}

void attention_backward(const Attention& shape, const AttentionTape& tape, float* q_gradient,
                        float* k_gradient, float* v_gradient, ThreadPool& threads) {
  const std::int64_t group = shape.heads / shape.kv_heads;
  const std::int64_t out_stride = shape.heads * shape.head_dim;
  const auto piece = [&](std::int64_t index, std::int64_t) {
    const std::int64_t sequence = index / shape.kv_heads;
    const std::int64_t row = shape.key_row(sequence);
    const std::int64_t length = shape.keys_of(sequence);
    const std::int64_t kv = row * shape.kv_stride + index % shape.kv_heads * shape.head_dim;
    for (std::int64_t i = 0; i < group; ++i) {
      const std::int64_t h = index % shape.kv_heads * group + i;
      const std::int64_t at_q = row * shape.q_stride + h * shape.head_dim;
      const std::int64_t at_out = row * out_stride + h * shape.head_dim;
      const Head head{.q = {tape.q + at_q, shape.q_stride},
                      .k = {tape.k + kv, shape.kv_stride},
                      .v = {tape.v + kv, shape.kv_stride},
                      .out = {tape.out + at_out, out_stride},
                      .out_gradient = {tape.out_gradient + at_out, out_stride},
                      .logsumexp = tape.logsumexp + row * shape.heads + h * length,
                      .q_gradient = q_gradient + at_q,
                      .k_gradient = k_gradient + kv,
                      .v_gradient = v_gradient + kv,
                      .accumulate = after_first(i == 0)};
      for (std::int64_t from = 0; from < length; from += kTile)
        backward_tile({.query = from,
                       .key = 0,
                       .queries = std::min(kTile, length - from),
                       .keys = 0,
                       .head_dim = shape.head_dim,
                       .precision = shape.precision},
                      head, shape);
    }
  };
  for_each_chunk(threads, shape.sequences * shape.kv_heads, 1, piece);
}

}  // namespace aiops::kernels
