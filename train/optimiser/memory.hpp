// SPDX-License-Identifier: Apache-2.0
// Where optimisers keep their state: in one arena, tensors that mirror the parameters.
#pragma once

#include "kernels/arena.hpp"
#include "kernels/newton_schulz.hpp"
#include "kernels/twin.hpp"
#include "train/optimiser/optimiser.hpp"

#include <string>
#include <vector>

namespace aiops::train {

// Memory for what `lay_out(layout)` takes; called twice, the second time over it, where operators
// have it.
template <typename LayOut>
kernels::Twin twin_for(kernels::Backend& backend, const LayOut& lay_out) {
  kernels::Layout measure;
  lay_out(measure);
  kernels::Twin twin(backend, measure.used(), kernels::Twin::Of::state);
  kernels::Layout layout(twin.there().data());
  lay_out(layout);
  return twin;
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
