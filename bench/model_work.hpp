// SPDX-License-Identifier: Apache-2.0
// What a model cannot do without: its matrices, and the operations and bytes of reading tokens.
#pragma once

#include "train/model/config.hpp"

#include <cstdint>
#include <vector>

namespace aiops::bench {

struct Matrix {
  std::int64_t in, out;
};

// The weights that a token is multiplied by, as the model groups them; the head is the last.
std::vector<Matrix> matrices_of(const train::ModelConfig& config);
// Of all of them, fp32.
std::int64_t matrix_bytes(const train::ModelConfig& config);

// Operations by 2mnk, and bytes that must be read however they are worked out.
struct Work {
  double flops = 0, bytes = 0;
};

// A prompt of `tokens` after `depth` tokens that are in the cache: logits of the last one alone,
// attention to what precedes each, every weight and every key and value once.
Work work_of_prompt(const train::ModelConfig& config, std::int64_t tokens, std::int64_t depth);
// One of `tokens` tokens that follow `depth`, one by one: what they need on average.
Work work_of_token(const train::ModelConfig& config, std::int64_t tokens, std::int64_t depth);

}  // namespace aiops::bench
