// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"

#include <filesystem>
#include <vector>

namespace aiops::commands {

struct BenchVerifyOptions {
  std::vector<std::filesystem::path> files;
};

Verb bench_verify_verb();
// Throws an Error of unverified when a figure does not follow from its samples.
void bench_verify(const BenchVerifyOptions& options, Context& context);

}  // namespace aiops::commands
