// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/bench_attachment.hpp"

#include <filesystem>
#include <vector>

namespace aiops::commands {

struct BenchAttachOptions {
  AttachOptions attach;
  std::vector<std::filesystem::path> files;
};

Verb bench_attach_verb();
// Throws an Error of unverified when a figure does not follow from its samples or a record is of
// another artifact; then nothing is attached.
void bench_attach(const BenchAttachOptions& options, Context& context);

}  // namespace aiops::commands
