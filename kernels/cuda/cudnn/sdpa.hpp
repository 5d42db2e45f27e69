// SPDX-License-Identifier: Apache-2.0
// Causal attention as the graphs of operations that cuDNN recognises and runs as one kernel, as in
// its developer guide ("Scaled dot product attention"). Nothing of size queries × keys reaches
// memory.
#pragma once

#include "kernels/cuda/cudnn/graph_builder.hpp"
#include "kernels/device/operators.h"

#include <cstdint>
#include <optional>
#include <string>

namespace aiops::kernels::cuda {

// The tensors in memory, by their numbers in a variant pack.
enum SdpaTensor : std::int64_t {
  kQ = 1,
  kK,
  kV,
  kOut,
  kStats,  // the logarithm of each softmax's denominator
  kOutGradient,
  kQGradient,
  kKGradient,
  kVGradient,
  kScale,          // on the host
  kOne,            // on the host
  kMinusInfinity,  // on the host
  // Scratch of the backward pass.
  kDelta,      // the sum of out · out_gradient over each row
  kQSum,       // the gradient of q, in fp32
  kKPerQuery,  // the gradients of k and v for every query head by itself
  kVPerQuery,
};

// What decides a graph. Rows of k and v are `kv_stride` apart.
struct SdpaShape {
  std::int64_t sequences, queries, keys, heads, kv_heads, head_dim, q_stride, kv_stride;
  auto operator<=>(const SdpaShape&) const = default;

  bool is_grouped() const { return heads != kv_heads; }
  std::int64_t out_elements() const { return sequences * queries * heads * head_dim; }
  std::int64_t rows() const { return sequences * queries * heads; }
};

// Why cuDNN cannot serve these parameters; nothing: it can be asked.
std::optional<std::string> why_not(std::int32_t type, const aiops_attention_shape& shape);
SdpaShape shape_of(const aiops_attention_shape& shape);

void build_forward(const SdpaShape& shape, GraphBuilder& graph);
void build_backward(const SdpaShape& shape, GraphBuilder& graph);

}  // namespace aiops::kernels::cuda
