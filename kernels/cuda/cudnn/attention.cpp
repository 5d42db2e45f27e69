// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cudnn/attention_plans.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/operators.hpp"

namespace aiops::kernels::cuda {
namespace {

SdpaShape served(std::int32_t type, const aiops_attention_shape& shape, Pass pass) {
  if (const auto why = why_not(type, shape)) throw Unsupported{*why};
  if (pass == Pass::backward && shape.queries != shape.keys)
    throw Unsupported{"a backward pass through a cache of keys"};
  return shape_of(shape);
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

}  // namespace

std::uint64_t workspace(aiops_device& device, const aiops_attention_forward& p) {
  const SdpaShape shape = served(p.type, p.shape, Pass::forward);
  return device.attention().workspace(Pass::forward, shape);
}

void launch(const Place& place, const aiops_attention_forward& p) {
  const SdpaShape shape = served(p.type, p.shape, Pass::forward);
  place.device.attention().launch(Pass::forward, shape, pack_of(p), place.stream, place.workspace,
                                  place.workspace_bytes);
}

std::uint64_t workspace(aiops_device& device, const aiops_attention_backward& p) {
  const SdpaShape shape = served(p.type, p.shape, Pass::backward);
  return device.attention().workspace(Pass::backward, shape);
}

void launch(const Place& place, const aiops_attention_backward& p) {
  const SdpaShape shape = served(p.type, p.shape, Pass::backward);
  VariantPack pack = pack_of(p);
  pack.add(kOutGradient, p.out_gradient);
  pack.add(kQGradient, p.q_gradient);
  pack.add(kKGradient, p.k_gradient);
  pack.add(kVGradient, p.v_gradient);
  place.device.attention().launch(Pass::backward, shape, std::move(pack), place.stream,
                                  place.workspace, place.workspace_bytes);
}

}  // namespace aiops::kernels::cuda
