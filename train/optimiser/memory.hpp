// SPDX-License-Identifier: Apache-2.0
// Where optimisers keep their state: in one arena, tensors that mirror the parameters.
#pragma once

#include "kernels/arena.hpp"
#include "kernels/newton_schulz.hpp"
#include "train/optimiser/optimiser.hpp"

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

// Which parameters Muon takes, and which it leaves to AdamW.
struct MuonParts {
  std::vector<Parameter> matrices, others;
};
MuonParts parts_for_muon(std::span<const Parameter> parameters);
kernels::NewtonSchulz newton_schulz_shape(const Parameter& matrix);

struct MuonMemory {
  std::vector<std::span<float>> buffers;
  float *direction = nullptr, *next = nullptr, *scratch = nullptr;  // for the largest matrix
};
MuonMemory lay_out_muon(std::span<const Parameter> matrices, kernels::Layout& layout);

// What make_optimiser() would take for them, in bytes: its state, which a checkpoint holds, and
// room to work in. Their memory is not touched and need not be.
struct OptimiserBytes {
  std::uint64_t state = 0, room = 0;
  std::uint64_t total() const { return state + room; }
};
OptimiserBytes optimiser_bytes(const OptimiserOptions& options,
                               std::span<const Parameter> parameters);

// PREFIX and the parameter's name, with the parameter's shape.
std::vector<NamedTensor> named(const std::string& prefix, std::span<const Parameter> parameters,
                               std::span<const std::span<float>> tensors);

}  // namespace aiops::train
