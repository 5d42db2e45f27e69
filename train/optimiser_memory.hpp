// SPDX-License-Identifier: Apache-2.0
// Where optimisers keep their state: in one arena, tensors that mirror the parameters.
#pragma once

#include "kernels/arena.hpp"
#include "train/optimiser.hpp"

#include <string>
#include <vector>

namespace aiops::train {

// An arena for what `lay_out(layout)` takes; called twice, the second time over the arena.
template <typename LayOut>
kernels::Arena arena_for(const LayOut& lay_out) {
  kernels::Layout measure;
  lay_out(measure);
  kernels::Arena arena(measure.used());
  kernels::Layout layout(arena.data());
  lay_out(layout);
  return arena;
}

// A tensor as large as each parameter; all of no length while the layout only measures.
std::vector<std::span<float>> take_mirror(std::span<const Parameter> parameters,
                                          kernels::Layout& layout);

// PREFIX and the parameter's name, with the parameter's shape.
std::vector<NamedTensor> named(const std::string& prefix, std::span<const Parameter> parameters,
                               std::span<const std::span<float>> tensors);

}  // namespace aiops::train
