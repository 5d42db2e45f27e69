// SPDX-License-Identifier: Apache-2.0
// Gradients of a step begin at zero. Those of weights are made by products, which can as well write
// the first one over what is there: zeros for them would be written, read and added to for nothing,
// a sixth of all that an update moves through memory.
#pragma once

#include "kernels/backend.hpp"
#include "train/model/tensors.hpp"

#include <span>
#include <vector>

namespace aiops::train {

class FreshGradients {
 public:
  FreshGradients(const Tensors& gradients, const Widths& width,
                 std::span<const Parameter> parameters);

  // Everything is to begin anew: zeroes what is summed, and marks what products will overwrite.
  void begin(kernels::Backend& backend);
  // How a product is to write this gradient: over it the first time after begin(), then adding.
  aiops_accumulate take(const float* gradient);
  // For what adds to a gradient that a product may not have written yet.
  void settle(const float* gradient, kernels::Backend& backend);
  // Zeroes what no product has written.
  void settle(kernels::Backend& backend);

 private:
  std::vector<std::span<float>> products_, sums_;
  std::vector<std::span<float>> fresh_;  // products that still hold the step before
};

}  // namespace aiops::train
