// SPDX-License-Identifier: Apache-2.0
#include "train/optimiser/adamw.hpp"

#include "kernels/adamw.hpp"

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
             ThreadPool& threads)
    : parameters_(parameters.begin(), parameters.end()), options_(options), threads_(threads) {
  kernels::Layout measure;
  lay_out(parameters, measure);
  arena_ = kernels::Arena(measure.used());
  kernels::Layout layout(arena_.data());
  moments_ = lay_out(parameters, layout);
}

void AdamW::update(double learning_rate, std::int64_t number, float gradient_factor) {
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    const Parameter& parameter = parameters_[i];
    const kernels::AdamWConstants constants{
        .learning_rate = learning_rate,
        .beta1 = options_.beta1,
        .beta2 = options_.beta2,
        .epsilon = options_.epsilon,
        .weight_decay = parameter.decay ? options_.weight_decay : 0,
        .gradient_factor = gradient_factor};
    kernels::adamw_update(constants, number, parameter.value, parameter.gradient, moments_[i].m,
                          moments_[i].v, threads_);
  }
}

std::vector<NamedTensor> AdamW::state() {
  std::vector<NamedTensor> tensors;
  for (std::size_t i = 0; i < parameters_.size(); ++i) {
    tensors.push_back({"exp_avg." + parameters_[i].name, parameters_[i].shape, moments_[i].m});
    tensors.push_back({"exp_avg_sq." + parameters_[i].name, parameters_[i].shape, moments_[i].v});
  }
  return tensors;
}

}  // namespace aiops::train
