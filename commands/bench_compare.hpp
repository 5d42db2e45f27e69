// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/gate.hpp"
#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/bench_sources.hpp"

namespace aiops::commands {

struct BenchCompareOptions {
  RecordSource before, after;
  SourceAccess access;
  bench::GatePolicy policy;
};

Verb bench_compare_verb();
// Throws Error{failed} when the records are not comparable, an Error of unverified when one does
// not hold or none is signed as asked for, Error{regression}, Error{undecided}.
void bench_compare(const BenchCompareOptions& options, Context& context);

}  // namespace aiops::commands
