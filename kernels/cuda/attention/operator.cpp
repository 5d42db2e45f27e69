// SPDX-License-Identifier: Apache-2.0
// cuDNN's attention where it serves, else our own: in fp32, for documents of lengths of their own,
// for heads that are no multiple of 8, for the same bits each time, and where there is no cuDNN.
#include "kernels/cuda/attention/attention.hpp"
#include "kernels/cuda/cudnn/attention.hpp"
#include "kernels/cuda/plugin/arguments.hpp"
#include "kernels/cuda/plugin/fault.hpp"
#include "kernels/cuda/plugin/operators.hpp"
#include "kernels/device/attention_shape.hpp"

namespace aiops::kernels::cuda {
namespace {

constexpr std::int64_t kLargestHead = 256;  // that kernels of our own are made for

// By kernels of our own, where cuDNN does not do it.
template <typename Parameters>
void require_own(aiops_device& device, const Parameters& p) {
  if (device.kernels == AIOPS_LIBRARY_KERNELS) throw Unsupported{cudnn_refusal(device, p)};
  if (p.shape.head_dim > kLargestHead)
    throw Unsupported{"attention with heads of more than " + std::to_string(kLargestHead)};
}

void check(const aiops_attention_forward& p) {
  Arguments("attention_forward", p.type)
      .optional("starts", p.shape.starts)
      .array("q", p.q)
      .array("k", p.k)
      .array("v", p.v)
      .array("out", p.out)
      .array("logsumexp", p.logsumexp);
}

void check(const aiops_attention_backward& p) {
  Arguments("attention_backward", p.type)
      .optional("starts", p.shape.starts)
      .array("q", p.q)
      .array("k", p.k)
      .array("v", p.v)
      .array("out", p.out)
      .array("logsumexp", p.logsumexp)
      .array("out_gradient", p.out_gradient)
      .array("q_gradient", p.q_gradient)
      .array("k_gradient", p.k_gradient)
      .array("v_gradient", p.v_gradient);
}

// A number for every query and head. Documents have fewer rows than as many of the longest.
std::uint64_t dots_bytes(const aiops_attention_shape& s) {
  return static_cast<std::uint64_t>(s.sequences * s.queries * s.heads) * sizeof(float);
}

}  // namespace

std::uint64_t workspace(aiops_device& device, const aiops_attention_forward& p) {
  check(p);
  if (const auto bytes = cudnn_workspace(device, p)) return *bytes;
  require_own(device, p);
  return 0;
}

void launch(const Place& place, const aiops_attention_forward& p) {
  check(p);
  if (cudnn_workspace(place.device, p)) return cudnn_launch(place, p);
  require_own(place.device, p);
  queue_for(p.type, [&]<typename T>() {
    return attention_forward(device::attention_of(p.shape), as<T>(p.q), as<T>(p.k), as<T>(p.v),
                             as<T>(p.out), p.logsumexp, place.stream);
  });
}

std::uint64_t workspace(aiops_device& device, const aiops_attention_backward& p) {
  check(p);
  if (const auto bytes = cudnn_workspace(device, p)) return *bytes;
  require_own(device, p);
  return dots_bytes(p.shape);
}

void launch(const Place& place, const aiops_attention_backward& p) {
  check(p);
  if (cudnn_workspace(place.device, p)) return cudnn_launch(place, p);
  require_own(place.device, p);
  Arguments("attention_backward").scratch(place.workspace_bytes, dots_bytes(p.shape));
  queue_for(p.type, [&]<typename T>() {
    const AttentionTapeOf<T> tape{as<T>(p.q),   as<T>(p.k),  as<T>(p.v),
                                  as<T>(p.out), p.logsumexp, as<T>(p.out_gradient)};
    return attention_backward(device::attention_of(p.shape), tape, as<float>(place.workspace),
                              as<T>(p.q_gradient), as<T>(p.k_gradient), as<T>(p.v_gradient),
                              place.stream);
  });
}

}  // namespace aiops::kernels::cuda
