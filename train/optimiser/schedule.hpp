// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace aiops::train {

enum class Decay {
  constant,
  linear,
  cosine,
  wsd,  // warm-up, stable, decay: constant, and at the end down to the floor as 1 - sqrt(done)
};

// "constant", "linear", "cosine" or "wsd"; throws Error{usage} naming `what`.
Decay parse_decay(std::string_view word, std::string_view what);
const char* name_of(Decay decay);

// The learning rate as a function of the step alone, so a resumed run needs no state for it.
struct Schedule {
  double peak = 1e-3;
  Decay decay = Decay::cosine;
  std::int64_t warmup = 0;   // steps that rise linearly to the peak
  std::int64_t steps = 1;    // of the whole run
  double floor = 0.1;        // where decay ends, as a fraction of the peak
  double decay_share = 0.2;  // Decay::wsd: the last part of all steps, that decays

  // `step` counts from 1. Step `warmup` has the peak, step `steps` and all later ones the floor.
  double at(std::int64_t step) const;
  // Throws Error{usage} naming the field.
  void check() const;
};

}  // namespace aiops::train
