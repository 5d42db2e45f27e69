// SPDX-License-Identifier: Apache-2.0
// Every operator of kernels/device/operators.h. To add one: its parameters and its name there, and
// two functions in kernels/cuda/CONCEPT/,
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

#define AIOPS_DECLARE(name)                                    \
  std::uint64_t workspace(aiops_device&, const aiops_##name&); \
  void launch(const Place&, const aiops_##name&);
AIOPS_DEVICE_OPERATORS(AIOPS_DECLARE)
#undef AIOPS_DECLARE

}  // namespace aiops::kernels::cuda
