// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/gate.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <filesystem>

namespace aiops::commands {

struct BenchCompareOptions {
  std::filesystem::path before, after;
  bench::GatePolicy policy;
};

Verb bench_compare_verb();
// Throws Error{failed} when the records are not comparable, Error{regression}, Error{undecided}.
void bench_compare(const BenchCompareOptions& options, Context& context);

}  // namespace aiops::commands
