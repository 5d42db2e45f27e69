// SPDX-License-Identifier: Apache-2.0
// The extents of attention in the words of C++ and in those of operators.h.
#pragma once

#include "kernels/attention.hpp"
#include "kernels/device/operators.h"

#include <cstddef>
#include <cstdint>

namespace aiops::kernels::device {

// `starts` are where the operator finds those of documents; null: there are none.
inline aiops_attention_shape parameters_of(const Attention& s,
                                           const std::int64_t* starts = nullptr) {
  return {.sequences = s.sequences,
          .queries = s.queries,
          .keys = s.keys,
          .heads = s.heads,
          .kv_heads = s.kv_heads,
          .head_dim = s.head_dim,
          .q_stride = s.q_stride,
          .kv_stride = s.kv_stride,
          .starts = starts};
}

inline Attention attention_of(const aiops_attention_shape& s) {
  Attention shape{.sequences = s.sequences,
                  .queries = s.queries,
                  .keys = s.keys,
                  .heads = s.heads,
                  .kv_heads = s.kv_heads,
                  .head_dim = s.head_dim,
                  .q_stride = s.q_stride,
                  .kv_stride = s.kv_stride};
  if (s.starts != nullptr) shape.starts = {s.starts, static_cast<std::size_t>(s.sequences) + 1};
  return shape;
}

}  // namespace aiops::kernels::device
