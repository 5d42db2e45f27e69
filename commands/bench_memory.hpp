// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/memory.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchMemoryOptions {
  BenchOptions common;
  bench::MemoryPlan plan;
};

Verb bench_memory_verb();
// Throws what bench/memory.hpp throws.
void bench_memory(const BenchMemoryOptions& options, Context& context);

}  // namespace aiops::commands
