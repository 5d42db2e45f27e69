// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/twin.hpp"
#include "train/optimiser/optimiser.hpp"

#include <vector>

namespace aiops::train {

// Stochastic gradient descent with momentum: one buffer as large as the parameters. Weight decay
// is decoupled, as in the other optimisers.
class Sgd final : public Optimiser {
 public:
  Sgd(std::span<const Parameter> parameters, const OptimiserOptions& options,
      kernels::Backend& backend);

  std::vector<NamedTensor> state() override;  // momentum_buffer.NAME

 private:
  void update(double learning_rate, std::int64_t number, float gradient_factor) override;

  std::vector<Parameter> parameters_;
  OptimiserOptions options_;
  kernels::Backend& backend_;
  kernels::Twin memory_;
  std::vector<std::span<float>> buffers_;  // where operators have them
};

}  // namespace aiops::train
