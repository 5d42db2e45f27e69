// SPDX-License-Identifier: Apache-2.0
// Attention by tiles, after Dao et al., "FlashAttention" (2022): the scores of 288 queries and
// 144 keys exist at a time, in the second-level cache; no array grows with the square of the
// length.
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

#include "kernels/cpu/attention_single.hpp"
#include "kernels/cpu/attention_tile.hpp"
#include "kernels/cpu/clones.hpp"
#include "kernels/cpu/rows.hpp"
#include "kernels/cpu/vector_math.hpp"
#include "kernels/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace aiops::kernels {

using namespace attending;

namespace {

constexpr float kMasked = -std::numeric_limits<float>::infinity();

Accumulate after_first(bool first) { return first ? Accumulate::no : Accumulate::yes; }

// Makes the scores that query i must not see -inf up to a whole vector of them, so that no loop
// over them has a rest, and the weights after that 0. Returns how many scores there are now.
std::int64_t hide(const Tile& at, std::int64_t i, float* row) {
  const std::int64_t seen = at.hidden_from(i);
  const std::int64_t vectors = whole_lines(seen);
  std::fill(row + seen, row + vectors, kMasked);
  std::fill(row + vectors, row + std::max(vectors, at.keys), 0.0F);
  return vectors;
}

// Where the running softmax of some queries stands, of each.
struct Running {
  float *most, *sum;
  Running after(std::int64_t first) const { return {most + first, sum + first}; }
};

// Turns scores into weights relative to the largest so far, and shrinks what was gathered before.
void fold(const Tile& at, float* scores, const Running& running, float* out,
          std::int64_t out_stride) {
  for (std::int64_t i = 0; i < at.queries; ++i) {
    float* row = scores + i * kKeys;
    const std::int64_t seen = hide(at, i, row);
    if (seen == 0) continue;
    const float most = largest(seen, row, running.most[i]);
    const float shrink = exponential(running.most[i] - most);
    running.sum[i] = running.sum[i] * shrink + exponentiate(seen, most, row);
    if (at.key > 0 && shrink != 1.0F) multiply(at.head_dim, shrink, out + i * out_stride);
    running.most[i] = most;
  }
}

// What a tile of queries attends to, and where the result goes.
struct Attended {
  View q, k, v;
  float* out;
  std::int64_t out_stride;
};

// A tile of queries against one of keys.
void attend(const Tile& whole, const Attended& to, Space& space, const Running& running) {
  const ProductEngine& engine = whole.engine();
  const std::int64_t blind = whole.blind();
  const Tile at = whole.after(blind);
  float* const out = to.out + blind * to.out_stride;
  space.k.pack_columns(engine, to.k.from(at.key).flipped_columns(), at.keys, at.head_dim);
  at.product_of_rows(at.scale(), space.q.after(blind), space.k, space.p);
  fold(at, space.p, running.after(blind), out, to.out_stride);
  space.scores.pack_rows(engine, View{space.p, kKeys}.rows(), at.queries, at.keys);
  space.v_columns.pack_columns(engine, to.v.from(at.key).columns(), at.head_dim, at.keys);
  at.scores_times(1, space.scores, space.v_columns, {out, to.out_stride, after_first(at.key == 0)});
}

// One tile of queries of one head.
void forward_tile(Tile at, const Attended& to, float* logsumexp) {
  float most[kQueries];
  float sum[kQueries];
  std::fill_n(most, at.queries, kMasked);
  std::fill_n(sum, at.queries, 0.0F);
  Space space = Space::of_thread(at.head_dim);
  space.q.pack_rows(at.engine(), to.q.rows(), at.queries, at.head_dim);
  for (; at.has_keys(); at.next_keys()) attend(at, to, space, {most, sum});
  for (std::int64_t i = 0; i < at.queries; ++i) {
    multiply(at.head_dim, 1.0F / sum[i], to.out + i * to.out_stride);
    logsumexp[i] = most[i] + std::log(sum[i]);
  }
}

struct Head {  // one query head, backward
  View q, k, v, out, out_gradient;
  const float* logsumexp;
  float *q_gradient, *k_gradient, *v_gradient;
  Accumulate accumulate;  // whether another head of the group was here: of the keys and values
};

// ds = p (dp - d), written over dp.
AIOPS_CLONES void score_gradient(std::int64_t count, float d, const float* __restrict p,
                                 float* __restrict dp) {
  for (std::int64_t i = 0; i < count; ++i) dp[i] = p[i] * (dp[i] - d);
}

// P and dS of a tile, over S and dP.
void weigh(const Tile& at, const float* logsumexp, const float* d, float* p, float* ds) {
  for (std::int64_t i = 0; i < at.queries; ++i, p += kKeys, ds += kKeys) {
    const std::int64_t seen = hide(at, i, p);
    exponentiate(seen, logsumexp[i], p);
    score_gradient(seen, d[i], p, ds);
    std::fill(ds + at.hidden_from(i), ds + at.keys, 0.0F);
  }
}

// A tile of queries, packed, against one of keys. d: of each query.
void backward_tile(const Tile& whole, const Head& head, const float* d, const Attention& shape,
                   Space& space) {
  const ProductEngine& engine = whole.engine();
  const std::int64_t blind = whole.blind();
  const Tile at = whole.after(blind);
  const View k = head.k.from(at.key);
  space.k.pack_columns(engine, k.flipped_columns(), at.keys, at.head_dim);
  space.v.pack_columns(engine, head.v.from(at.key).flipped_columns(), at.keys, at.head_dim);
  space.k_columns.pack_columns(engine, k.columns(), at.head_dim, at.keys);

  at.product_of_rows(at.scale(), space.q.after(blind), space.k, space.p);
  at.product_of_rows(1, space.out_gradient.after(blind), space.v, space.ds);
  weigh(at, head.logsumexp + at.query, d + blind, space.p, space.ds);

  const View p{space.p, kKeys};
  const View ds{space.ds, kKeys};
  // The first queries to see these keys are those beside them.
  const Accumulate keys = whole.query <= at.key ? head.accumulate : Accumulate::yes;
  space.flipped.pack_rows(engine, p.flipped_rows(), at.keys, at.queries);
  at.flipped_times(1, space.flipped, space.out_gradient_columns.deeper(engine, blind),
                   {head.v_gradient + at.key * shape.kv_stride, shape.kv_stride, keys});
  space.scores.pack_rows(engine, ds.rows(), at.queries, at.keys);
  at.scores_times(
      at.scale(), space.scores, space.k_columns,
      {head.q_gradient + at.query * shape.q_stride, shape.q_stride, after_first(at.key == 0)});
  space.flipped.pack_rows(engine, ds.flipped_rows(), at.keys, at.queries);
  at.flipped_times(at.scale(), space.flipped, space.q_columns.deeper(engine, blind),
                   {head.k_gradient + at.key * shape.kv_stride, shape.kv_stride, keys});
}

// A tile of queries against all keys that it sees.
void backward_queries(Tile at, const Head& head, const Attention& shape) {
  const ProductEngine& engine = at.engine();
  Space space = Space::of_thread(at.head_dim);
  const View q = head.q.from(at.query);
  const View out_gradient = head.out_gradient.from(at.query);
  space.q.pack_rows(engine, q.rows(), at.queries, at.head_dim);
  space.q_columns.pack_columns(engine, q.columns(), at.head_dim, at.queries);
  space.out_gradient.pack_rows(engine, out_gradient.rows(), at.queries, at.head_dim);
  space.out_gradient_columns.pack_columns(engine, out_gradient.columns(), at.head_dim, at.queries);
  float d[kQueries];
  for (std::int64_t i = 0; i < at.queries; ++i)
    d[i] = dot(at.head_dim, out_gradient.from(i).data, head.out.from(at.query + i).data);
  for (; at.has_keys(); at.next_keys()) backward_tile(at, head, d, shape, space);
}

// Whether queries of a sequence are worked out one by one. Products in bfloat16 round what they
// multiply, which only packing does.
bool one_by_one(const Attention& shape, std::int64_t queries) {
  return queries == 1 && shape.precision == Precision::fp32;
}

// A query head of a sequence of one query, and the heads after it.
void forward_heads(const Attention& shape, std::int64_t sequence, std::int64_t head,
                   std::int64_t heads, const float* q, const float* k, const float* v, float* out,
                   float* logsumexp) {
  const std::int64_t row = shape.query_row(sequence);
  const std::int64_t kv = shape.key_row(sequence) * shape.kv_stride;
  attend_single({.heads = heads,
                 .head_dim = shape.head_dim,
                 .keys = shape.keys_of(sequence),
                 .q = q + row * shape.q_stride + head * shape.head_dim,
                 .k = k + kv,
                 .v = v + kv,
                 .kv_stride = shape.kv_stride,
                 .first = head,
                 .group = shape.heads / shape.kv_heads,
                 .out = out + (row * shape.heads + head) * shape.head_dim,
                 .logsumexp = logsumexp + row * shape.heads + head});
}

}  // namespace

void attention_forward(const Attention& shape, const float* q, const float* k, const float* v,
                       float* out, float* logsumexp, ThreadPool& threads) {
  if (shape.starts.empty() && one_by_one(shape, shape.queries)) {
    // How the heads are shared out changes no bit of any.
    const auto parts =
        std::min<std::int64_t>(static_cast<std::int64_t>(threads.size()), shape.heads);
    for_each_chunk(threads, shape.sequences * parts, 1, [&](std::int64_t index, std::int64_t) {
      const std::int64_t first = index % parts * shape.heads / parts;
      const std::int64_t end = (index % parts + 1) * shape.heads / parts;
      forward_heads(shape, index / parts, first, end - first, q, k, v, out, logsumexp);
    });
    return;
  }
  const std::int64_t tiles = (shape.queries + kQueries - 1) / kQueries;
  const std::int64_t out_stride = shape.heads * shape.head_dim;
  const auto piece = [&](std::int64_t index, std::int64_t) {
    const std::int64_t head = index / tiles % shape.heads;
    const std::int64_t sequence = index / tiles / shape.heads;
    const std::int64_t from = index % tiles * kQueries;
    const std::int64_t queries = shape.queries_of(sequence);
    if (from >= queries) return;  // a sequence shorter than the longest
    if (one_by_one(shape, queries))
      return forward_heads(shape, sequence, head, 1, q, k, v, out, logsumexp);
    const std::int64_t row = shape.query_row(sequence);
    const std::int64_t kv = shape.key_row(sequence) * shape.kv_stride +
                            head / (shape.heads / shape.kv_heads) * shape.head_dim;
    forward_tile({.query = from,
                  .queries = std::min(kQueries, queries - from),
                  .head_dim = shape.head_dim,
                  .offset = shape.keys_of(sequence) - queries,
                  .precision = shape.precision},
                 {.q = {q + (row + from) * shape.q_stride + head * shape.head_dim, shape.q_stride},
                  .k = {k + kv, shape.kv_stride},
                  .v = {v + kv, shape.kv_stride},
                  .out = out + (row + from) * out_stride + head * shape.head_dim,
                  .out_stride = out_stride},
                 logsumexp + row * shape.heads + head * queries + from);
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
      for (std::int64_t from = 0; from < length; from += kQueries)
        backward_queries({.query = from,
                          .queries = std::min(kQueries, length - from),
                          .head_dim = shape.head_dim,
                          .offset = 0,
                          .precision = shape.precision},
                         head, shape);
    }
  };
  for_each_chunk(threads, shape.sequences * shape.kv_heads, 1, piece);
}

}  // namespace aiops::kernels
