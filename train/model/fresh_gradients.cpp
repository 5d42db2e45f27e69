// SPDX-License-Identifier: Apache-2.0
#include "train/model/fresh_gradients.hpp"

#include <algorithm>

namespace aiops::train {
namespace {

void zero(std::span<float> values, kernels::Backend& backend) {
  backend.clear(values.data(), values.size_bytes());
}

}  // namespace

FreshGradients::FreshGradients(const Tensors& gradients, const Widths& width,
                               std::span<const Parameter> parameters) {
  const auto product = [&](float* gradient, std::int64_t out, std::int64_t in) {
    if (gradient != nullptr) products_.emplace_back(gradient, static_cast<std::size_t>(out * in));
  };
  for (const Tensors::Layer& layer : gradients.layers) {
    product(layer.qkv.weight, width.qkv, width.hidden);
    product(layer.attention_out.weight, width.hidden, width.query);
    product(layer.up.weight, width.up, width.hidden);
    product(layer.down.weight, width.hidden, width.mlp);
  }
  product(gradients.head, width.outputs, width.hidden);
  fresh_.reserve(products_.size());
  for (const Parameter& parameter : parameters) {
    const auto holds = [&](std::span<float> whole) {  // q, k and v are one product
      return parameter.gradient.data() >= whole.data() &&
             parameter.gradient.data() < whole.data() + whole.size();
    };
    if (parameter.gradient.data() != nullptr && std::ranges::none_of(products_, holds))
      sums_.push_back(parameter.gradient);
  }
}

void FreshGradients::begin(kernels::Backend& backend) {
  for (const std::span<float> sum : sums_) zero(sum, backend);
  fresh_ = products_;
}

aiops_accumulate FreshGradients::take(const float* gradient) {
  const auto is_it = [&](std::span<float> one) { return one.data() == gradient; };
  return std::erase_if(fresh_, is_it) > 0 ? AIOPS_OVERWRITE : AIOPS_ADD;
}

void FreshGradients::settle(const float* gradient, kernels::Backend& backend) {
  for (const std::span<float> one : fresh_)
    if (one.data() == gradient) zero(one, backend);
  (void)take(gradient);
}

void FreshGradients::settle(kernels::Backend& backend) {
  for (const std::span<float> one : fresh_) zero(one, backend);
  fresh_.clear();
}

}  // namespace aiops::train
