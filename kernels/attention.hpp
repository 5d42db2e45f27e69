// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"
#include "kernels/gemm.hpp"

#include <cstdint>
#include <span>

namespace aiops::kernels {

// Causal attention of `sequences` sequences. Query head h reads key/value head
// h / (heads / kv_heads). Each sequence has `queries` queries, the last of its `keys` keys: query i
// sees the keys 0 … keys - queries + i. Row r of sequence s of q is at q + (s·queries +
// r)·q_stride, head h begins h·head_dim floats into it; k and v likewise with keys and kv_stride;
// out is packed, a row has heads·head_dim floats.
//
// With `starts`, the sequences have lengths of their own: sequence s is the rows starts[s] …
// starts[s + 1] - 1 of q, k, v and out (sequences + 1 numbers), and queries = keys = the longest.
// Each is worked out as it would be alone, bit for bit.
struct Attention {
  std::int64_t sequences = 0, queries = 0, keys = 0;
  std::int64_t heads = 0, kv_heads = 0, head_dim = 0;
  std::int64_t q_stride = 0, kv_stride = 0;
  std::span<const std::int64_t> starts = {};
  Precision precision = Precision::fp32;  // of the products; softmax and sums are fp32

  // The first row of a sequence in q, and how many queries it has; in k likewise.
  std::int64_t query_row(std::int64_t s) const { return starts.empty() ? s * queries : start(s); }
  std::int64_t key_row(std::int64_t s) const { return starts.empty() ? s * keys : start(s); }
  std::int64_t queries_of(std::int64_t s) const {
    return starts.empty() ? queries : start(s + 1) - start(s);
  }
  std::int64_t keys_of(std::int64_t s) const {
    return starts.empty() ? keys : start(s + 1) - start(s);
  }

 private:
  std::int64_t start(std::int64_t s) const { return starts[static_cast<std::size_t>(s)]; }
};

// out = softmax(q k^T / sqrt(head_dim)) v, and logsumexp[s, h, i], the logarithm of each softmax's
// denominator, kept for the backward pass: for each sequence heads × its queries. Both are
// overwritten.
void attention_forward(const Attention& shape, const float* q, const float* k, const float* v,
                       float* out, float* logsumexp, ThreadPool& threads);

// What the forward pass read and wrote, and the gradient of its out.
struct AttentionTape {
  const float* q = nullptr;
  const float* k = nullptr;
  const float* v = nullptr;
  const float* out = nullptr;
  const float* logsumexp = nullptr;
  const float* out_gradient = nullptr;  // laid out as out
};

// The gradients are laid out as q, k and v are, and overwritten (only the floats that belong to
// heads). Needs queries == keys.
void attention_backward(const Attention& shape, const AttentionTape& tape, float* q_gradient,
                        float* k_gradient, float* v_gradient, ThreadPool& threads);

}  // namespace aiops::kernels
