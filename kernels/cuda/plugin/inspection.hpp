// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/device/abi.h"

#include <string>
#include <string_view>

namespace aiops::kernels::cuda {

// The chain from the driver to the devices, each link tried. Never throws.
void inspect(const aiops_cuda_options& options, aiops_inspection& inspection) noexcept;

// Which code of `architectures` ("sm_80 sm_90 compute_80") a GPU of that compute capability runs:
// "sm_90", "PTX of compute_80", or nothing. Machine code runs on its own major version from its
// minor version up, PTX on everything from its version up (CUDA C++ Programming Guide, 3.1.2-3).
std::string code_for(std::string_view architectures, int major, int minor);

}  // namespace aiops::kernels::cuda
