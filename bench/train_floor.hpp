// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/arena.hpp"
#include "kernels/backend.hpp"
#include "kernels/linear.hpp"
#include "train/model/model.hpp"
#include "train/optimiser/optimiser.hpp"

#include <memory>
#include <vector>

namespace aiops::bench {

// What a training step cannot do without: every matrix product of its weights, forward and
// backward, each on buffers of its own as a step has them, and one update of as many parameters.
// Attention, norms, the loss and clipping are left out: they are what the share of the floor is
// about.
class TrainFloor {
 public:
  TrainFloor(const train::ModelConfig& config, std::int64_t tokens, train::Precision precision,
             ThreadPool& threads);

  void run();
  // Of the products of one run, by 2mnk.
  std::int64_t flops() const;

 private:
  struct Product {
    kernels::Linear shape;
    float *x, *weight, *y, *x_gradient, *weight_gradient;
  };
  void lay_out(kernels::Layout& layout);

  ThreadPool& threads_;
  std::unique_ptr<kernels::Backend> backend_;
  std::vector<Product> products_;
  kernels::Arena arena_;
  std::vector<train::Parameter> parameters_;
  std::unique_ptr<train::Optimiser> optimiser_;
  std::int64_t number_ = 0;
};

}  // namespace aiops::bench
