// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/attention.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchAttentionOptions {
  BenchOptions common;
  bench::AttentionPlan plan;
};

Verb bench_attention_verb();
// The suite that these flags ask for.
bench::Suite bench_attention_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/attention.hpp throws.
void bench_attention(const BenchAttentionOptions& options, Context& context);

}  // namespace aiops::commands
