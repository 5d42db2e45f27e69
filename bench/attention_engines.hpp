// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "bench/attention_check.hpp"
#include "bench/bench_gpu.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

// aiops: kernels/attention.hpp; onednn: composed. On a GPU aiops: the plug-in's own kernels; cudnn.
std::vector<std::string> attention_engines(Hardware hardware = Hardware::cpu);

// Something that does both passes of a problem, on its arrays. The backward pass follows a forward
// pass, and may be done again.
struct AttentionEngine {
  std::function<void()> forward, backward;
  std::function<void()> before = {}, after = {};  // each sample
  Json description;                               // the record's `engine`
  // Where a pass is only queued: waits for it; and then brings what both made to the problem.
  std::function<void()> finish = {}, fetch = {};
  std::shared_ptr<const kernels::device::Device> device = nullptr;  // that it runs on
};

// `name` is one of attention_engines(); the problem stays. Throws Error{failed} when its library is
// missing.
AttentionEngine make_attention_engine(const std::string& name, AttentionProblem& problem,
                                      std::size_t threads);
// The same of attention_engines(Hardware::gpu). Throws Error{usage} for what it does not serve.
AttentionEngine make_attention_engine(const std::string& name, AttentionProblem& problem,
                                      const BenchGpu& gpu);

// What this engine takes beside the problem's arrays, in bytes.
double attention_scratch(const std::string& name, const kernels::Attention& shape);

}  // namespace aiops::bench
