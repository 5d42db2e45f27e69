// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "commands/eval.hpp"
#include "train/generation/generator.hpp"

namespace aiops::commands {

// The part of 'aiops eval' for models that predict labels or numbers: holds what they say of the
// examples against what the data says.
void eval_labels(const EvalOptions& options, train::LoadedModel& loaded, ThreadPool& threads,
                 Context& context);

}  // namespace aiops::commands
