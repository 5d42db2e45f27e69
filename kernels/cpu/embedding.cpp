// SPDX-License-Identifier: Apache-2.0
#include "kernels/embedding.hpp"

#include "kernels/occurrences.hpp"
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

void embedding_backward(const SortedTokens& sorted, const float* out_gradient,
                        float* table_gradient, ThreadPool& threads) {
  const auto add = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t k = begin; k < end; ++k) {
      float* to = table_gradient + sorted.tokens[k] * sorted.width;
      for (std::int32_t at = sorted.starts[k]; at < sorted.starts[k + 1]; ++at) {
        const float* from = out_gradient + sorted.places[at] * sorted.width;
        for (std::int64_t c = 0; c < sorted.width; ++c) to[c] += from[c];
      }
    }
  };
  for_each_chunk(threads, sorted.count, rows_per_piece(sorted.width), add);
}

void embedding_backward(std::span<const std::int32_t> tokens, std::int64_t width,
                        const float* out_gradient, float* table_gradient, ThreadPool& threads) {
  const Occurrences found = occurrences_of(tokens);
  embedding_backward({.count = static_cast<std::int64_t>(found.tokens.size()),
                      .width = width,
                      .tokens = found.tokens.data(),
                      .starts = found.starts.data(),
                      .places = found.places.data()},
                     out_gradient, table_gradient, threads);
}

}  // namespace aiops::kernels
