// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser_memory.hpp"

namespace aiops::train {

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

std::vector<NamedTensor> named(const std::string& prefix, std::span<const Parameter> parameters,
                               std::span<const std::span<float>> tensors) {
  std::vector<NamedTensor> all;
  for (std::size_t i = 0; i < parameters.size(); ++i)
    all.push_back({prefix + parameters[i].name, parameters[i].shape, tensors[i]});
  return all;
}

}  // namespace aiops::train
