// SPDX-License-Identifier: Apache-2.0
// Work that multiply-add units bound: their ceiling takes turns with it. On a GPU there is none
// that takes turns, and the measurements have what its maker promises.
#pragma once

#include "bench/ceiling.hpp"
#include "bench/suite.hpp"

#include <memory>
#include <vector>

namespace aiops::bench {

// Adds the probe to the cases of a group, which so far are those of `state->results` in order, and
// describes the group by them. A State has `results`, measurements, and `probe`, empty on a GPU.
template <typename State>
void put_below_ceiling(Group& group, const std::shared_ptr<State>& state) {
  if (state->probe && CeilingProbe::supported())
    group.cases.push_back({[state] { state->probe->slice(); }, {}, Case::Decides::no});
  group.describe = [state](const std::vector<Samples>& samples) {
    for (std::size_t i = 0; i < state->results.size(); ++i) {
      state->results[i].samples = samples[i];
      if (state->probe) add_ceiling(state->results[i], state->probe->result());
    }
    return state->results;
  };
}

}  // namespace aiops::bench
