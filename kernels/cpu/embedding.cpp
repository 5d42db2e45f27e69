// SPDX-License-Identifier: Apache-2.0
#include "kernels/embedding.hpp"

#include "kernels/parallel.hpp"

#include <algorithm>

namespace aiops::kernels {

void embedding_forward(std::span<const std::int32_t> tokens, std::int64_t width, const float* table,
                       float* out, ThreadPool& threads) {
  for_each_chunk(threads, static_cast<std::int64_t>(tokens.size()), rows_per_piece(width),
                 [&](std::int64_t begin, std::int64_t end) {
                   for (std::int64_t i = begin; i < end; ++i)
                     std::copy_n(table + tokens[static_cast<std::size_t>(i)] * width, width,
                                 out + i * width);
                 });
}

void embedding_backward(std::span<const std::int32_t> tokens, std::int64_t width,
                        const float* out_gradient, float* table_gradient, ThreadPool& threads) {
  // Pieces are stripes of columns: two tokens may share a row, but no two pieces share a column.
  constexpr std::int64_t kStripe = 64;
  for_each_chunk(threads, width, kStripe, [&](std::int64_t begin, std::int64_t end) {
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      float* to = table_gradient + tokens[i] * width;
      const float* from = out_gradient + static_cast<std::int64_t>(i) * width;
      for (std::int64_t c = begin; c < end; ++c) to[c] += from[c];
    }
  });
}

}  // namespace aiops::kernels
