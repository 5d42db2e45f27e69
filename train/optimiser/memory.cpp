// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/memory.hpp"

#include <algorithm>

namespace aiops::train {

MuonMemory lay_out_muon(std::span<const Parameter> matrices, kernels::Layout& layout) {
  MuonMemory memory;
  memory.buffers = take_mirror(matrices, layout);
  std::int64_t size = 0, scratch = 0;
  for (const Parameter& matrix : matrices) {
    size = std::max(size, newton_schulz_shape(matrix).size());
    scratch = std::max(scratch, newton_schulz_shape(matrix).scratch());
  }
  memory.direction = layout.take(size);
  memory.next = layout.take(size);
  memory.scratch = layout.take(scratch);
  return memory;
}

std::vector<std::span<float>> take_mirror(std::span<const Parameter> parameters,
                                          kernels::Layout& layout) {
  std::vector<std::span<float>> mirror(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::size_t size = parameters[i].value.size();
    float* here = layout.take(static_cast<std::int64_t>(size));
    if (here != nullptr) mirror[i] = {here, size};
  }
  return mirror;
}

MuonParts parts_for_muon(std::span<const Parameter> parameters) {
  MuonParts parts;
  for (const Parameter& parameter : parameters) {
    const bool is_matrix = parameter.role == Parameter::Role::matrix && parameter.shape.size() == 2;
    (is_matrix ? parts.matrices : parts.others).push_back(parameter);
  }
  return parts;
}

kernels::NewtonSchulz newton_schulz_shape(const Parameter& matrix) {
  return {.rows = static_cast<std::int64_t>(matrix.shape[0]),
          .columns = static_cast<std::int64_t>(matrix.shape[1])};
}

OptimiserBytes optimiser_bytes(const OptimiserOptions& options,
                               std::span<const Parameter> parameters) {
  kernels::Layout state, all;
  if (options.kind == OptimiserKind::muon) {
    const MuonParts parts = parts_for_muon(parameters);
    take_mirror(parts.matrices, state);
    lay_out_muon(parts.matrices, all);
    for (kernels::Layout* layout : {&state, &all})
      for (int moment = 0; moment < 2; ++moment) take_mirror(parts.others, *layout);
  } else {
    const int mirrors = options.kind == OptimiserKind::sgd ? 1 : 2;
    for (int mirror = 0; mirror < mirrors; ++mirror) take_mirror(parameters, state);
    all = state;
  }
  return {state.used() * sizeof(float), (all.used() - state.used()) * sizeof(float)};
}

std::vector<NamedTensor> named(const std::string& prefix, std::span<const Parameter> parameters,
                               std::span<const std::span<float>> tensors) {
  std::vector<NamedTensor> all;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    all.push_back({prefix + parameters[i].name, parameters[i].shape, tensors[i]});
  return all;
}

}  // namespace aiops::train
