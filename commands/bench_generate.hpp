// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/generate.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchGenerateOptions {
  BenchOptions common;
  bench::GeneratePlan plan;
};

Verb bench_generate_verb();
// The suite that these flags ask for.
bench::Suite bench_generate_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/generate.hpp throws.
void bench_generate(const BenchGenerateOptions& options, Context& context);

}  // namespace aiops::commands
