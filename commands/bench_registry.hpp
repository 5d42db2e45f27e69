// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/registry.hpp"
#include "commands/bench_options.hpp"
#include "commands/repositories.hpp"

namespace aiops::commands {

struct BenchRegistryOptions {
  enum class Keep { no, yes };

  BenchOptions common;
  pack::Reference place;  // a repository of a registry
  bench::RegistryPlan plan;
  Keep keep = Keep::no;
  RegistryAccess registry;
};

Verb bench_registry_verb();
// Measures, and removes what it sent whether that ended well or not.
void bench_registry(const BenchRegistryOptions& options, Context& context);

}  // namespace aiops::commands
