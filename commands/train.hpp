// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "train/preparation.hpp"
#include "train/ranks/ranks.hpp"

#include <cstddef>

namespace aiops::commands {

struct TrainVerbOptions {
  train::TrainOptions train;
  bool plan_only = false;
  std::size_t threads = 0;  // of each rank; 0: the usable CPUs, shared among them
  train::Placement place;
};

Verb train_verb();
void train(const TrainVerbOptions& options, Context& context);

}  // namespace aiops::commands
