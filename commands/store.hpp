// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "pack/maintenance.hpp"

namespace aiops::commands {

Verb store_verb();  // info, gc, check

void show_store(Context& context);

struct GcOptions {
  pack::Collect collect = pack::Collect::remove;
};
void collect_store_garbage(const GcOptions& options, Context& context);

struct CheckOptions {
  std::size_t jobs = 2;
};
// Throws unverified (digest-mismatch, or missing-file) after naming every broken blob.
void check_store(const CheckOptions& options, Context& context);

}  // namespace aiops::commands
