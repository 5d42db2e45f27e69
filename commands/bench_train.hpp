// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/train.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchTrainOptions {
  BenchOptions common;
  bench::TrainPlan plan;
};

Verb bench_train_verb();
// The suite that these flags ask for.
bench::Suite bench_train_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/train.hpp throws.
void bench_train(const BenchTrainOptions& options, Context& context);

}  // namespace aiops::commands
