// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool_fwd.hpp"
#include "kernels/accumulate.hpp"

#include <cstdint>

namespace aiops::kernels {

// Rows that lie `from_stride` elements apart, as keys lie in a row of queries, keys and values, go
// to rows that lie `to_stride` apart, as they do in a cache.
struct ScaledRows {
  std::int64_t rows = 0, width = 0;
  std::int64_t from_stride = 0, to_stride = 0;  // the latter not below width
  float factor = 1;
  Accumulate accumulate = Accumulate::no;
};

// to[r · to_stride + c] = factor · from[r · from_stride + c], or += it, for every r below rows and
// c below width; what lies between the rows is left alone. In place, from == to with equal strides,
// is allowed; other overlaps are not. The gradient of `from` is the same call the other way round.
void scaled_rows(const ScaledRows& shape, const float* from, float* to, ThreadPool& threads);

}  // namespace aiops::kernels
