// SPDX-License-Identifier: Apache-2.0
// What trials of optimisers share: an update may multiply the gradients by a factor on the device,
// and write a rounded copy of the parameters.
#pragma once

#include "kernels/cuda/trials/trial.hpp"

namespace aiops::kernels::cuda {

enum class Extras { none, scale_and_copy };

// With and without extras, at the borders of blocks of elements and of packs.
template <typename Update>
std::vector<Case> update_cases(const Update& update) {
  std::vector<Case> cases;
  for (const std::int64_t size : edges(256))
    for (const std::int64_t each : {1, 4})
      for (const Extras extras : {Extras::none, Extras::scale_and_copy})
        cases.push_back({case_name<float>(extras == Extras::none ? "update" : "update and round",
                                          {size * each}),
                         [=](Trial& trial) { update(trial, size * each, extras); }});
  return cases;
}

// The gradients times the factor.
inline Numbers scaled(Numbers gradient, double factor) {
  for (double& g : gradient) g *= factor;
  return gradient;
}

}  // namespace aiops::kernels::cuda
