// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/device_options.hpp"
#include "commands/ranks.hpp"
#include "train/preparation.hpp"

namespace aiops::commands {

struct TrainVerbOptions {
  train::TrainOptions train;
  bool plan_only = false;
  RankOptions ranks;
  ComputeOptions compute = {};
};

Verb train_verb();
void train(const TrainVerbOptions& options, Context& context);

}  // namespace aiops::commands
