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
// The suite that these flags ask for.
bench::Suite bench_hash_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/hash.hpp throws.
void bench_hash(const BenchHashOptions& options, Context& context);

}  // namespace aiops::commands
