// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/error.hpp"
#include "bench/registry.hpp"
#include "commands/bench_options.hpp"
#include "commands/repositories.hpp"
#include "registry/remote_repository.hpp"

#include <memory>
#include <vector>

namespace aiops::commands {

struct BenchRegistryOptions {
  enum class Keep { no, yes };

  BenchOptions common;
  pack::Reference place;  // a repository of a registry
  bench::RegistryPlan plan;
  Keep keep = Keep::no;
  RegistryAccess registry;
};

// A repository that is measured, and what was sent there.
class RegistryBench {
 public:
  RegistryBench(const BenchRegistryOptions& options, Context& context);

  bench::Suite suite(const bench::Bench& bench);  // which must not outlive this
  // Removes what was sent, unless it is to be kept or `failure` says that nothing arrived.
  void end(const Error* failure = nullptr);

 private:
  BenchRegistryOptions options_;
  Context& context_;
  registry::RemoteOptions access_;
  std::unique_ptr<pack::Repository> remote_;
  std::vector<pack::Document> pushed_;
};

Verb bench_registry_verb();
// What these flags and REF ask for.
std::shared_ptr<RegistryBench> make_registry_bench(const Arguments& arguments, Context& context);
// One sample is a transfer: none is batched, and one of each operation warms up.
void fit_to_transfers(bench::SampleRule& rule);
// Measures, and removes what it sent whether that ended well or not.
void bench_registry(const BenchRegistryOptions& options, Context& context);

}  // namespace aiops::commands
