// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/sgd.hpp"

#include "kernels/momentum.hpp"
#include "train/optimiser/memory.hpp"

namespace aiops::train {

Sgd::Sgd(std::span<const Parameter> parameters, const OptimiserOptions& options,
         ThreadPool& threads)
    : parameters_(parameters.begin(), parameters.end()), options_(options), threads_(threads) {
  arena_ = arena_for([&](kernels::Layout& layout) { buffers_ = take_mirror(parameters_, layout); });
}

void Sgd::update(double learning_rate, std::int64_t /*number*/, float gradient_factor) {
  scale_gradients(parameters_, gradient_factor, threads_);
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    kernels::momentum_update({.learning_rate = learning_rate,
                              .momentum = options_.momentum,
                              .weight_decay = parameter.decay ? options_.weight_decay : 0},
                             parameter.value, parameter.gradient, buffers_[i], threads_);
  }
}

std::vector<NamedTensor> Sgd::state() { return named("momentum_buffer.", parameters_, buffers_); }

}  // namespace aiops::train
