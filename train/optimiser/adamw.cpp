// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/adamw.hpp"

#include "kernels/adamw.hpp"

#include <functional>

namespace aiops::train {
namespace {

std::vector<AdamW::Moments> lay_out(std::span<const Parameter> parameters,
                                    kernels::Layout& layout) {
  std::vector<AdamW::Moments> moments(parameters.size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const std::size_t size = parameters[i].value.size();
    float* m = layout.take(static_cast<std::int64_t>(size));
    float* v = layout.take(static_cast<std::int64_t>(size));
    if (m != nullptr) moments[i] = {{m, size}, {v, size}};
  }
  return moments;
}

}  // namespace

AdamW::AdamW(std::span<const Parameter> parameters, const AdamWOptions& options,
             kernels::Backend& backend)
    : parameters_(parameters.begin(), parameters.end()), options_(options), backend_(backend) {
  kernels::Layout measure;
  lay_out(parameters, measure);
  memory_ = kernels::Twin(backend, measure.used(), kernels::Twin::Of::state);
  kernels::Layout layout(memory_.there().data());
  moments_ = lay_out(parameters, layout);
}

void AdamW::update(double learning_rate, std::int64_t number, float gradient_factor) {
  memory_.for_operators();
  kernels::AdamWConstants constants{.learning_rate = learning_rate,
                                    .beta1 = options_.beta1,
                                    .beta2 = options_.beta2,
                                    .epsilon = options_.epsilon,
                                    .weight_decay = options_.weight_decay,
                                    .gradient_factor = gradient_factor};
  const kernels::AdamWFactors decaying = kernels::adamw_factors(constants, number);
  constants.weight_decay = 0;
  const kernels::AdamWFactors plain = kernels::adamw_factors(constants, number);
  backend_.begin_staging();
  const auto stage = [&](const kernels::AdamWFactors& factors) {
    static_assert(sizeof factors == sizeof(aiops_adamw_factors));
    return reinterpret_cast<const aiops_adamw_factors*>(
        backend_.stage(std::span<const kernels::AdamWFactors>(&factors, 1)));
  };
  const aiops_adamw_factors* const of_decaying = stage(decaying);
  const aiops_adamw_factors* const of_plain = stage(plain);
  const auto work = [&] {
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      const Parameter& parameter = parameters_[i];
      backend_.run(aiops_adamw{.count = static_cast<std::int64_t>(parameter.value.size()),
                               .factors = parameter.decay ? of_decaying : of_plain,
                               .gradient = parameter.gradient.data(),
                               .gradient_scale = nullptr,
                               .value = parameter.for_operators(),
                               .m = moments_[i].m.data(),
                               .v = moments_[i].v.data(),
                               .copy = backend_.copy_of(parameter.for_operators())});
    }
  };
  backend_.pass(std::ref(work));
}

std::vector<NamedTensor> AdamW::state() {
  memory_.for_host();
  kernels::Layout here(memory_.here().data());
  const std::vector<Moments> moments = lay_out(parameters_, here);
  std::vector<NamedTensor> tensors;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    tensors.push_back({"exp_avg." + parameters_[i].name, parameters_[i].shape, moments[i].m});
    tensors.push_back({"exp_avg_sq." + parameters_[i].name, parameters_[i].shape, moments[i].v});
  }
  return tensors;
}

}  // namespace aiops::train
