// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/attention.hpp"

#include "kernels/cuda/cudnn/attention_plans.hpp"

namespace aiops::kernels::cuda {
namespace {

std::optional<std::uint64_t> planned(aiops_device& device, std::int32_t type,
                                     const aiops_attention_shape& shape, Pass pass) {
  if (why_not(type, shape)) return std::nullopt;
  if (pass == Pass::backward && shape.queries != shape.keys) return std::nullopt;
  AttentionPlans* const plans = device.attention();
  return plans == nullptr ? std::nullopt : plans->workspace(pass, shape_of(shape));
}

std::string refusal(aiops_device& device, std::int32_t type, const aiops_attention_shape& shape) {
  if (const auto why = why_not(type, shape)) return *why;
  return device.attention() == nullptr ? "cuDNN is not there" : "cuDNN has no engine for it";
}

template <typename Parameters>
VariantPack pack_of(const Parameters& p) {
  VariantPack pack;
  pack.add(kQ, p.q);
  pack.add(kK, p.k);
  pack.add(kV, p.v);
  pack.add(kOut, p.out);
  pack.add(kStats, p.logsumexp);
  return pack;
}

void queue(const Place& place, const aiops_attention_shape& shape, Pass pass, VariantPack pack) {
  place.device.attention()->launch(pass, shape_of(shape), std::move(pack), place.stream,
                                   place.workspace, place.workspace_bytes);
}

}  // namespace

std::optional<std::uint64_t> cudnn_workspace(aiops_device& device,
                                             const aiops_attention_forward& p) {
  return planned(device, p.type, p.shape, Pass::forward);
}

std::optional<std::uint64_t> cudnn_workspace(aiops_device& device,
                                             const aiops_attention_backward& p) {
  return planned(device, p.type, p.shape, Pass::backward);
}

std::string cudnn_refusal(aiops_device& device, const aiops_attention_forward& p) {
  return refusal(device, p.type, p.shape);
}

std::string cudnn_refusal(aiops_device& device, const aiops_attention_backward& p) {
  return refusal(device, p.type, p.shape);
}

void cudnn_launch(const Place& place, const aiops_attention_forward& p) {
  queue(place, p.shape, Pass::forward, pack_of(p));
}

void cudnn_launch(const Place& place, const aiops_attention_backward& p) {
  VariantPack pack = pack_of(p);
  pack.add(kOutGradient, p.out_gradient);
  pack.add(kQGradient, p.q_gradient);
  pack.add(kKGradient, p.k_gradient);
  pack.add(kVGradient, p.v_gradient);
  queue(place, p.shape, Pass::backward, std::move(pack));
}

}  // namespace aiops::kernels::cuda
