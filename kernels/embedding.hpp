// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/thread_pool.hpp"

#include <cstdint>
#include <span>

namespace aiops::kernels {

// out[i, :] = table[tokens[i], :]. table is vocab × width, out is tokens × width, overwritten.
// Every token must be a row of the table.
void embedding_forward(std::span<const std::int32_t> tokens, std::int64_t width, const float* table,
                       float* out, ThreadPool& threads);

// table_gradient[tokens[i], :] += out_gradient[i, :], for each row of the table in order of i.
void embedding_backward(std::span<const std::int32_t> tokens, std::int64_t width,
                        const float* out_gradient, float* table_gradient, ThreadPool& threads);

// The same of tokens that are sorted already, by occurrences_of(): token k stands at
// places[starts[k]] … places[starts[k + 1] - 1].
struct SortedTokens {
  std::int64_t count = 0, width = 0;
  const std::int32_t *tokens = nullptr, *starts = nullptr, *places = nullptr;
};
void embedding_backward(const SortedTokens& sorted, const float* out_gradient,
                        float* table_gradient, ThreadPool& threads);

}  // namespace aiops::kernels
