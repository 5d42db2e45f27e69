// SPDX-License-Identifier: Apache-2.0
// Embedding tables on the device: the contract of kernels/embedding.hpp for T = float and BFloat16.
// The gradient of the table is float.
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

#include <cstdint>

namespace aiops::kernels::cuda {

// out[i, :] = table[tokens[i], :] for `count` tokens on the device, each a row of the table.
template <typename T>
LaunchStatus embedding_forward(std::int64_t count, std::int64_t width, const std::int32_t* tokens,
                               const T* table, T* out, Stream stream);

// kernels::Occurrences on the device. Behind those that occur there may be padding, entries with
// starts[k] == starts[k + 1], which touch neither tokens[k] nor a row of the table.
struct OccurrencesThere {
  std::int64_t tokens_that_occur = 0;
  const std::int32_t* tokens = nullptr;
  const std::int32_t* starts = nullptr;
  const std::int32_t* places = nullptr;
};

// table_gradient[tokens[i], :] += out_gradient[i, :], for each row of the table in order of i.
template <typename T>
LaunchStatus embedding_backward(const OccurrencesThere& occurrences, std::int64_t width,
                                const T* out_gradient, float* table_gradient, Stream stream);

}  // namespace aiops::kernels::cuda
