// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/bench_sources.hpp"

#include <vector>

namespace aiops::commands {

struct BenchVerifyOptions {
  std::vector<RecordSource> sources;
  SourceAccess access;
};

Verb bench_verify_verb();
// Throws an Error of unverified when a figure does not follow from its samples, when a record is of
// another artifact or, with keys, not signed by any of them; of partial when attachments could not
// be read.
void bench_verify(const BenchVerifyOptions& options, Context& context);

}  // namespace aiops::commands
