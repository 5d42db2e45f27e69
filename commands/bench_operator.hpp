// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/operator.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchOperatorOptions {
  BenchOptions common;
  bench::OperatorPlan plan;
};

Verb bench_operator_verb();
// The suite that these flags ask for.
bench::Suite bench_operator_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/operator.hpp throws.
void bench_operator(const BenchOperatorOptions& options, Context& context);

}  // namespace aiops::commands
