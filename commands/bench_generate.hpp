// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/generate.hpp"
#include "commands/bench_options.hpp"
#include "commands/model_source.hpp"

#include <vector>

namespace aiops::commands {

struct BenchGenerateOptions {
  BenchOptions common;
  bench::GeneratePlan plan;
  std::vector<ModelSource> sources;  // of models that are stored; they are read from here
};

Verb bench_generate_verb();
// The suite that these flags ask for.
bench::Suite bench_generate_suite(const Arguments& arguments, const bench::Bench& bench,
                                  Context& context);
// Throws what bench/generate.hpp throws.
void bench_generate(const BenchGenerateOptions& options, Context& context);

}  // namespace aiops::commands
