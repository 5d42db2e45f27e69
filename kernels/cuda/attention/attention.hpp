// SPDX-License-Identifier: Apache-2.0
// Causal attention on the device: the contract of kernels/attention.hpp for T = float and BFloat16.
// The starts of the shape, if any, lie on the device; the logarithms of the denominators are float.
// No atomics: the same bits in every run. Heads of up to 256 elements.
#pragma once

#include "kernels/attention.hpp"
#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"

namespace aiops::kernels::cuda {

// out and logsumexp are overwritten.
template <typename T>
LaunchStatus attention_forward(const Attention& shape, const T* q, const T* k, const T* v, T* out,
                               float* logsumexp, Stream stream);

// kernels::AttentionTape on the device.
template <typename T>
struct AttentionTapeOf {
  const T* q = nullptr;
  const T* k = nullptr;
  const T* v = nullptr;
  const T* out = nullptr;
  const float* logsumexp = nullptr;
  const T* out_gradient = nullptr;
};

// The gradients are laid out as q, k and v are, and overwritten. `dots` is scratch for a float for
// every query and head, as logsumexp is laid out. Needs queries == keys.
template <typename T>
LaunchStatus attention_backward(const Attention& shape, const AttentionTapeOf<T>& tape, float* dots,
                                T* q_gradient, T* k_gradient, T* v_gradient, Stream stream);

}  // namespace aiops::kernels::cuda
