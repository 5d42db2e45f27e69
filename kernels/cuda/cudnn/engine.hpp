// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/device/abi.h"

#include <cstdint>

namespace aiops::kernels::cuda {

// aiops_cuda_api::find_engine: which of cuDNN's engines would serve an operator on a GPU that is
// described rather than there.
std::int32_t find_engine(const aiops_cuda_options* options, const char* device_json,
                         const char* name, const void* parameters, aiops_engine* engine,
                         aiops_fault* fault);

}  // namespace aiops::kernels::cuda
