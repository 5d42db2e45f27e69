// SPDX-License-Identifier: Apache-2.0
// Whether a run that goes on is still the same run.
#pragma once

#include "base/json.hpp"

#include <string>
#include <vector>

namespace aiops::train {

// A key that is not what it was.
struct ConfigChange {
  enum class Kind {
    another_run,  // the checkpoint is of no use for it
    rounding,     // the same rows of a step, parted otherwise: sums differ in their last bits
    steering,     // learning rate, number of steps: the same run goes another way
  };
  std::string key;   // "batch.rows"
  std::string what;  // "batch.rows was 4 and is now 2"
  Kind kind;
};

// What differs between two TrainConfig::to_json(), those that make another run first. A key that
// only one of them has counts, too; what the run's data and base decide is compared by their
// digests, and what only looks on (eval) not at all.
std::vector<ConfigChange> compare_configurations(const OrderedJson& then, const OrderedJson& now);

}  // namespace aiops::train
