// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/allreduce.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchAllreduceOptions {
  BenchOptions common;
  int ranks = 2;
  bench::AllreducePlan plan;
};

Verb bench_allreduce_verb();
// Throws what bench/allreduce.hpp throws.
void bench_allreduce(const BenchAllreduceOptions& options, Context& context);

}  // namespace aiops::commands
