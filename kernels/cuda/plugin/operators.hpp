// SPDX-License-Identifier: Apache-2.0
// Every operator that the plug-in has. To add one: its parameters in kernels/device/operators.h,
// its name here, and two functions in kernels/cuda/CONCEPT/,
//
//   std::uint64_t workspace(aiops_device&, const aiops_NAME&);  // plans; bytes of scratch, or 0
//   void launch(const Place&, const aiops_NAME&);               // queues
//
// which throw Unsupported for parameters that are not served and Error for what is wrong. Planning
// some parameters promises nothing about others: launch() looks at its own. Without these functions
// the plug-in does not link.
#pragma once

#include "kernels/cuda/plugin/session.hpp"
#include "kernels/device/operators.h"

#include <cstdint>

namespace aiops::kernels::cuda {

// Where an operator runs, and its scratch.
struct Place {
  aiops_device& device;
  cudaStream_t stream;
  void* workspace;
  std::uint64_t workspace_bytes;
};

// clang-format off
#define AIOPS_PLUGIN_OPERATORS(X) \
  X(adamw)                      \
  X(attention_forward)          \
  X(attention_backward)         \
  X(bias_forward)               \
  X(bias_backward)              \
  X(clip_scale)                 \
  X(cross_entropy_forward)      \
  X(cross_entropy_backward)     \
  X(dropout_forward)            \
  X(dropout_backward)           \
  X(embedding_forward)          \
  X(embedding_backward)         \
  X(gelu_forward)               \
  X(gelu_backward)              \
  X(gradient_norm)              \
  X(head_norm_forward)          \
  X(head_norm_backward)         \
  X(layer_norm_forward)         \
  X(layer_norm_backward)        \
  X(linear_forward)             \
  X(linear_backward_input)      \
  X(linear_backward_weight)     \
  X(momentum)                   \
  X(repetition_penalty)         \
  X(residual)                   \
  X(rms_norm_forward)           \
  X(rms_norm_backward)          \
  X(rope)                       \
  X(sampling)                   \
  X(scaled_rows)                \
  X(squared_error_forward)      \
  X(squared_error_backward)     \
  X(swiglu_forward)             \
  X(swiglu_backward)
// clang-format on

#define AIOPS_DECLARE(name)                                    \
  std::uint64_t workspace(aiops_device&, const aiops_##name&); \
  void launch(const Place&, const aiops_##name&);
AIOPS_PLUGIN_OPERATORS(AIOPS_DECLARE)
#undef AIOPS_DECLARE

}  // namespace aiops::kernels::cuda
