// SPDX-License-Identifier: Apache-2.0
#include "kernels/reference/attention.hpp"

#include <cmath>

namespace aiops::kernels::reference {
namespace {

// One query's weights over the keys that it sees, and the indices to reach its numbers.
struct Query {
  Query(const Attention& shape, std::int64_t sequence, std::int64_t head_index, std::int64_t i)
      : row(shape.query_row(sequence) + i),
        column(head_index * shape.head_dim),
        key_row(shape.key_row(sequence)),
        key_column(head_index / (shape.heads / shape.kv_heads) * shape.head_dim),
        seen(shape.keys_of(sequence) - shape.queries_of(sequence) + i + 1) {}

  Numbers weights(const Attention& shape, const ConstGrid& q, const ConstGrid& k) const {
    Numbers p;
    double sum = 0;
    for (std::int64_t j = 0; j < seen; ++j) {
      double score = 0;
      for (std::int64_t d = 0; d < shape.head_dim; ++d)
        score += q(row, column + d) * k(key_row + j, key_column + d);
      p.push_back(std::exp(score / std::sqrt(static_cast<double>(shape.head_dim))));
      sum += p.back();
    }
    for (double& weight : p) weight /= sum;
    return p;
  }

  std::int64_t row, column, key_row, key_column, seen;
};

template <typename Visit>
void for_each_query(const Attention& shape, const Visit& visit) {
  for (std::int64_t s = 0; s < shape.sequences; ++s)
    for (std::int64_t h = 0; h < shape.heads; ++h)
      for (std::int64_t i = 0; i < shape.queries_of(s); ++i) visit(Query(shape, s, h, i));
}

}  // namespace

Numbers attention(const Attention& shape, const Numbers& q, const Numbers& k, const Numbers& v) {
  const std::int64_t width = shape.heads * shape.head_dim;
  const std::int64_t kv_width = shape.kv_heads * shape.head_dim;
  const ConstGrid V(v, kv_width);
  Numbers out(q.size());
  for_each_query(shape, [&](const Query& at) {
    const Numbers p = at.weights(shape, ConstGrid(q, width), ConstGrid(k, kv_width));
    for (std::int64_t j = 0; j < at.seen; ++j)
      for (std::int64_t d = 0; d < shape.head_dim; ++d)
        Grid(out, width)(at.row, at.column + d) +=
            p[count(j)] * V(at.key_row + j, at.key_column + d);
  });
  return out;
}

std::vector<Numbers> attention_gradient(const Attention& shape, const Numbers& q, const Numbers& k,
                                        const Numbers& v, const Numbers& out_gradient) {
  const std::int64_t width = shape.heads * shape.head_dim;
  const std::int64_t kv_width = shape.kv_heads * shape.head_dim;
  const ConstGrid Q(q, width);
  const ConstGrid K(k, kv_width);
  const ConstGrid V(v, kv_width);
  const ConstGrid DOut(out_gradient, width);
  Numbers dq(q.size());
  Numbers dk(k.size());
  Numbers dv(v.size());
  const double scale = 1 / std::sqrt(static_cast<double>(shape.head_dim));
  for_each_query(shape, [&](const Query& at) {
    const Numbers p = at.weights(shape, Q, K);
    Numbers dp(p.size());
    double mean = 0;  // of dp under p
    for (std::int64_t j = 0; j < at.seen; ++j) {
      for (std::int64_t d = 0; d < shape.head_dim; ++d) {
        dp[count(j)] += DOut(at.row, at.column + d) * V(at.key_row + j, at.key_column + d);
        Grid(dv, kv_width)(at.key_row + j, at.key_column + d) +=
            p[count(j)] * DOut(at.row, at.column + d);
      }
      mean += p[count(j)] * dp[count(j)];
    }
    for (std::int64_t j = 0; j < at.seen; ++j) {
      const double dscore = p[count(j)] * (dp[count(j)] - mean) * scale;
      for (std::int64_t d = 0; d < shape.head_dim; ++d) {
        Grid(dq, width)(at.row, at.column + d) += dscore * K(at.key_row + j, at.key_column + d);
        Grid(dk, kv_width)(at.key_row + j, at.key_column + d) += dscore * Q(at.row, at.column + d);
      }
    }
  });
  return {dq, dk, dv};
}

}  // namespace aiops::kernels::reference
