// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/context.hpp"
#include "cli/verb.hpp"
#include "commands/device_options.hpp"
#include "train/device/plan.hpp"

#include <string>

namespace aiops::commands {

struct DevicePlanOptions {
  kernels::device::Search search;
  std::string arch;
  std::string model;  // as it was said
  train::ModelConfig shape;
  train::TrainConfig config;
};

Verb device_plan_verb();
void device_plan(const DevicePlanOptions& options, Context& context);

}  // namespace aiops::commands
