// SPDX-License-Identifier: Apache-2.0
// cuDNN's attention for the plug-in's operators, where cuDNN is there and serves the parameters.
#pragma once

#include "kernels/cuda/plugin/operators.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace aiops::kernels::cuda {

// Plans; bytes of scratch. Nothing: somebody else must serve these parameters.
std::optional<std::uint64_t> cudnn_workspace(aiops_device&, const aiops_attention_forward&);
std::optional<std::uint64_t> cudnn_workspace(aiops_device&, const aiops_attention_backward&);

// Why cudnn_workspace() gave nothing.
std::string cudnn_refusal(aiops_device&, const aiops_attention_forward&);
std::string cudnn_refusal(aiops_device&, const aiops_attention_backward&);

// Queues what cudnn_workspace() has planned.
void cudnn_launch(const Place&, const aiops_attention_forward&);
void cudnn_launch(const Place&, const aiops_attention_backward&);

}  // namespace aiops::kernels::cuda
