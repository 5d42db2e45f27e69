// SPDX-License-Identifier: Apache-2.0
// Attention of a single query, as generation has for every token: keys and values are read once, so
// packing them for products would cost more than the products, and what counts is that they are
// there when they are read.
#pragma once

#include <cstdint>

namespace aiops::kernels {

// Some heads of one query.
struct SingleQuery {
  std::int64_t heads, head_dim;
  std::int64_t keys;
  const float* q;      // of the first head; the others follow, each head_dim floats
  const float *k, *v;  // of the first key, from the first key/value head on
  std::int64_t kv_stride;
  std::int64_t first, group;  // head i reads key/value head (first + i) / group
  float* out;                 // as q
  float* logsumexp;           // of each head
};

// out = softmax(q k^T / sqrt(head_dim)) v. A head's result does not depend on which others are
// asked for with it.
void attend_single(const SingleQuery& query);

}  // namespace aiops::kernels
