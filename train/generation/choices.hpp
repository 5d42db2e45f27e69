// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/status.hpp"
#include "base/stop.hpp"
#include "train/generation/generator.hpp"
#include "train/generation/questions.hpp"

#include <cstdint>
#include <span>

namespace aiops::train {

struct ChoiceResult {
  std::uint64_t questions = 0;
  std::uint64_t right = 0;             // by the log-likelihood of the choice
  std::uint64_t right_normalised = 0;  // by that per byte of the choice

  double accuracy() const;
  double accuracy_normalised() const;
  // The standard error of such a share among so many questions.
  double error_of(double share) const;
};

// Asks the model by letting it score every choice behind its context (and a space, unless either
// has one there). A context that leaves no room for a choice loses its beginning. Throws
// Error{failed} naming the question whose choice has no token or is longer than the model's
// context.
ChoiceResult measure_choices(LoadedModel& loaded, std::span<const Question> questions,
                             Status& status, const StopFlag& stop);

}  // namespace aiops::train
