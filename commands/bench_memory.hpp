// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/device_memory.hpp"
#include "bench/memory.hpp"
#include "commands/bench_options.hpp"

#include <optional>

namespace aiops::commands {

struct BenchMemoryOptions {
  BenchOptions common;
  bench::MemoryPlan plan;
  // Instead: copies between the host and a GPU.
  std::optional<bench::DeviceMemoryPlan> device;
};

Verb bench_memory_verb();
// The suite that these flags ask for.
bench::Suite bench_memory_suite(const Arguments& arguments, const bench::Bench& bench);
// Throws what bench/memory.hpp throws.
void bench_memory(const BenchMemoryOptions& options, Context& context);

}  // namespace aiops::commands
