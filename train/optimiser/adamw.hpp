// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/twin.hpp"
#include "train/optimiser/optimiser.hpp"

#include <vector>

namespace aiops::train {

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.95;
  double epsilon = 1e-8;
  double weight_decay = 0.1;  // on parameters whose `decay` is set
};

// AdamW over a model's parameters. Its two moments lie in an arena that mirrors the parameters';
// they and the number of the step are all the state there is.
class AdamW final : public Optimiser {
 public:
  // The moments of one parameter, in the order of the parameters given.
  struct Moments {
    std::span<float> m, v;
  };

  // Keeps the spans of `parameters`, which must outlive it. Moments begin as zeros.
  AdamW(std::span<const Parameter> parameters, const AdamWOptions& options,
        kernels::Backend& backend);

  std::vector<NamedTensor> state() override;  // exp_avg.NAME and exp_avg_sq.NAME

 private:
  void update(double learning_rate, std::int64_t number, float gradient_factor) override;

  std::vector<Parameter> parameters_;
  AdamWOptions options_;
  kernels::Backend& backend_;
  kernels::Twin memory_;
  std::vector<Moments> moments_;  // where operators have them
};

}  // namespace aiops::train
