// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/hash.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchHashOptions {
  BenchOptions common;
  bench::HashPlan plan;
};

Verb bench_hash_verb();
// Throws what bench/hash.hpp throws.
void bench_hash(const BenchHashOptions& options, Context& context);

}  // namespace aiops::commands
