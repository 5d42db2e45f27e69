// SPDX-License-Identifier: Apache-2.0
// Names and places of compiled code.
#pragma once

#include <string>

namespace aiops::simt {

// "aiops::kernels::cuda::rms_norm_forward_kernel<float, 4>(…)" from the name of a launch.
std::string kernel_of(const char* launch_name);
std::string demangled(const char* name);

// "forward.cuh:31", and where that was inlined, as addr2line says; else the address.
std::string source_of(const void* pc);

// Whether p lies in what the running program and its libraries hold for reading only.
bool is_constant(const char* p);

}  // namespace aiops::simt
