// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "kernels/attention.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

struct AttentionProblem {
  kernels::Attention shape;  // rows of q and of k are packed
  std::vector<float> q, k, v, out, logsumexp;
  std::vector<float> out_gradient, q_gradient, k_gradient, v_gradient;
};

// Compares `out`, or the gradients, with double precision: the last queries of one group of heads
// of one sequence, and the keys that none before them sees. Returns the record's `correctness`;
// throws Error{failed} that names the engine and the array.
Json check_attention(const AttentionProblem& problem, std::uint64_t seed,
                     const std::string& engine);
Json check_attention_gradient(const AttentionProblem& problem, std::uint64_t seed,
                              const std::string& engine);

}  // namespace aiops::bench
