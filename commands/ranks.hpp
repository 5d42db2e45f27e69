// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/thread_pool.hpp"
#include "cli/context.hpp"
#include "train/ranks/collective.hpp"
#include "train/ranks/ranks.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace aiops::commands {

// What connects the ranks of several hosts; those of one host share memory.
enum class Way { automatic, tcp, mpi };

struct RankOptions {
  train::Placement place;
  std::size_t threads = 0;  // of each rank; 0: the CPUs, shared among the ranks of this host
  Way way = Way::automatic;
  double join_seconds = 300;    // to wait for the other ranks
  double silence_seconds = 60;  // after which a host that owes an answer is gone
  std::string configuration;    // that all ranks must have alike
  // What a person may still use when a rank is killed: "run/step-20 is the last checkpoint".
  std::function<std::string()> left;
};

// What every rank does. `status` talks on the first rank only.
using RankWork = std::function<void(train::Collective&, ThreadPool&, Status& status)>;

// Makes this process one rank of many, or starts those that it stands for, and lets each do `work`.
// Returns when all have ended well; throws one Error for all: what the first rank that failed said.
void run_as_ranks(const RankOptions& options, Context& context, const RankWork& work);

}  // namespace aiops::commands
