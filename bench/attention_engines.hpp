// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/json.hpp"
#include "bench/attention_check.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace aiops::bench {

std::vector<std::string> attention_engines();  // aiops: kernels/attention.hpp; onednn: composed

// Something that does both passes of a problem, on its arrays. The backward pass follows a forward
// pass, and may be done again.
struct AttentionEngine {
  std::function<void()> forward, backward;
  std::function<void()> before = {}, after = {};  // each sample
  Json description;                               // the record's `engine`
};

// `name` is one of attention_engines(); the problem stays. Throws Error{failed} when its library is
// missing.
AttentionEngine make_attention_engine(const std::string& name, AttentionProblem& problem,
                                      std::size_t threads);

// What this engine takes beside the problem's arrays, in bytes.
double attention_scratch(const std::string& name, const kernels::Attention& shape);

}  // namespace aiops::bench
