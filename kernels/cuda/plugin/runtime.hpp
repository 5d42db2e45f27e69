// SPDX-License-Identifier: Apache-2.0
// The CUDA runtime, which is linked into the plug-in; its errors in our words.
#pragma once

#include <cuda_runtime_api.h>

#include <string>

namespace aiops::kernels::cuda {

// Throws Error{no_gpu} or Error{failed} unless `status` is success. `doing` is what was called:
// "cudaMalloc".
void check(cudaError_t status, const char* doing);

// "13.0", from CUDA's way of writing versions.
std::string version_text(int version);

// Makes the device current on this thread.
void use_device(int ordinal);

}  // namespace aiops::kernels::cuda
