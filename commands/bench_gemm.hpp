// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/gemm.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchGemmOptions {
  BenchOptions common;
  bench::GemmPlan plan;
};

Verb bench_gemm_verb();
// The suite that these flags ask for.
bench::Suite bench_gemm_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/gemm.hpp throws.
void bench_gemm(const BenchGemmOptions& options, Context& context);

}  // namespace aiops::commands
