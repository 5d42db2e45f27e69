// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/sgd.hpp"

#include "kernels/momentum.hpp"
#include "train/optimiser/memory.hpp"

#include <functional>

namespace aiops::train {

Sgd::Sgd(std::span<const Parameter> parameters, const OptimiserOptions& options,
         kernels::Backend& backend)
    : parameters_(parameters.begin(), parameters.end()), options_(options), backend_(backend) {
  memory_ = twin_for(backend,
                     [&](kernels::Layout& layout) { buffers_ = take_mirror(parameters_, layout); });
}

void Sgd::update(double learning_rate, std::int64_t /*number*/, float gradient_factor) {
  memory_.for_operators();
  const auto factors_of = [&](double weight_decay) {
    const kernels::MomentumFactors f = kernels::momentum_factors({.learning_rate = learning_rate,
                                                                  .momentum = options_.momentum,
                                                                  .weight_decay = weight_decay});
    return aiops_momentum_factors{f.momentum, f.keep, f.rate};
  };
  const aiops_momentum_factors decaying = factors_of(options_.weight_decay), plain = factors_of(0);
  backend_.begin_staging();
  const auto* const of_decaying = backend_.stage(std::span(&decaying, 1));
  const auto* const of_plain = backend_.stage(std::span(&plain, 1));
  const auto* const scale = backend_.stage(std::span<const float>(&gradient_factor, 1));
  const auto work = [&] {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Parameter& parameter = parameters_[i];
      backend_.run(aiops_momentum{.count = static_cast<std::int64_t>(parameter.value.size()),
                                  .factors = parameter.decay ? of_decaying : of_plain,
                                  .gradient = parameter.gradient.data(),
                                  .gradient_scale = scale,
                                  .value = parameter.for_operators(),
                                  .buffer = buffers_[i].data(),
                                  .copy = backend_.copy_of(parameter.for_operators())});
    }
  };
  backend_.pass(std::ref(work));
}

std::vector<NamedTensor> Sgd::state() {
  memory_.for_host();
  kernels::Layout here(memory_.here().data());
  const auto buffers = take_mirror(parameters_, here);
  return named("momentum_buffer.", parameters_, buffers);
}

}  // namespace aiops::train
