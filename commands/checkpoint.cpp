// SPDX-License-Identifier: Apache-2.0
#include "commands/checkpoint.hpp"

#include "commands/checkpoint_export.hpp"

namespace aiops::commands {

Verb checkpoint_verb() {
  return {.name = "checkpoint",
          .summary = "Work with models and checkpoints of trainings",
          .description = "Models as training leaves them, and other programs read them.",
          .verbs = {checkpoint_export_part()}};
}

}  // namespace aiops::commands
