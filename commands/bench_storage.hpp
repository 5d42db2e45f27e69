// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/storage.hpp"
#include "commands/bench_options.hpp"

namespace aiops::commands {

struct BenchStorageOptions {
  BenchOptions common;
  bench::StoragePlan plan;
};

Verb bench_storage_verb();
// The suite that these flags ask for.
bench::Suite bench_storage_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/storage.hpp throws.
void bench_storage(const BenchStorageOptions& options, Context& context);

}  // namespace aiops::commands
