// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/ab.hpp"
#include "bench/command.hpp"
#include "cli/arguments.hpp"
#include "commands/bench_options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace aiops::commands {

struct BenchAbOptions {
  // What a side runs: words of a command, or flags of a suite.
  struct Side {
    std::vector<std::string> command;
    std::optional<Arguments> arguments;
  };
  BenchOptions common;
  bench::AbRule rule;
  std::string suite;  // empty: commands
  bench::Clock clock = bench::Clock::wall;
  Side a, b;
};

Verb bench_ab_verb();
// Throws Error{regression}, Error{undecided}, and what the sides throw.
void bench_ab(const BenchAbOptions& options, Context& context);

}  // namespace aiops::commands
