// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/bench_gpu.hpp"
#include "bench/suite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured. `kv_heads` may be empty: then they are equal to heads.
struct AttentionPlan {
  std::vector<std::int64_t> rows, lengths, heads, kv_heads, head_dims;
  std::vector<std::string> precisions;           // of train_precisions()
  std::vector<std::string> passes;               // of attention_passes()
  std::vector<std::string> engines = {"aiops"};  // of attention_engines()
  std::optional<GpuChoice> gpu = {};             // none: the CPU
};

std::vector<std::string> attention_passes();  // forward, backward

// Causal attention. Passes and engines of one shape take turns, on the CPU with the probe of the
// multiply-add ceiling. Each is first checked against double precision. Throws Error{usage} for
// heads that their key/value heads do not divide and for what an engine does not serve,
// Error{failed} for a wrong result, a missing library, or when the memory does not suffice,
// Error{no_gpu} without a GPU to use.
Suite attention_suite(const AttentionPlan& plan, const Bench& bench);

}  // namespace aiops::bench
