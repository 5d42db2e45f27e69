// SPDX-License-Identifier: Apache-2.0
// Rotary position embedding in the convention of Hugging Face and NEOX: the two halves of a head
// form the pairs, out[i] = x[i] c - x[i + d/2] s, out[i + d/2] = x[i + d/2] c + x[i] s.
#pragma once

#include "base/thread_pool_fwd.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace aiops::kernels {

// `rows` rows of `stride` floats; the first heads · head_dim of each are turned. Row i has the
// position first + i % length, or positions[i] where positions are given.
struct Rope {
  std::int64_t rows = 0, length = 0, heads = 0, head_dim = 0, stride = 0;
  std::int64_t first = 0;
  std::span<const std::int32_t> positions = {};
  std::int64_t position(std::int64_t row) const {
    return positions.empty() ? first + row % length : positions[static_cast<std::size_t>(row)];
  }
};

// theta^(-2i/head_dim) for each i below head_dim/2.
std::vector<float> rope_frequencies(std::int64_t head_dim, double theta);

// amplitude · cosine and sine of position · frequency, positions × frequencies each. The angle is
// formed in fp32, as transformers does.
void rope_table(std::int64_t positions, std::span<const float> frequencies, float* cosine,
                float* sine, float amplitude = 1);

// In place. The table must reach past every position.
void rope_forward(const Rope& shape, const float* cosine, const float* sine, float* x,
                  ThreadPool& threads);

// The gradient of the input from that of the output, in place: turned back.
void rope_backward(const Rope& shape, const float* cosine, const float* sine, float* gradient,
                   ThreadPool& threads);

}  // namespace aiops::kernels
