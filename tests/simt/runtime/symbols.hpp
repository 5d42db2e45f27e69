// SPDX-License-Identifier: Apache-2.0
// Names and places of compiled code.
#pragma once

#include <string>

namespace aiops::simt {

std::string demangled(const char* name);

// "aiops::kernels::cuda::rms_norm_forward_kernel<float, 4>" of a demangled kernel, and of the name
// of a launch: without the parameters, for kernels are not overloaded.
std::string kernel_name(std::string demangled_name);
std::string kernel_of(const char* launch_name);

// "forward.cuh:31", and where that was inlined, as addr2line says; else the address.
std::string source_of(const void* pc);

// Whether p lies in what the running program and its libraries hold for reading only.
bool is_constant(const char* p);

}  // namespace aiops::simt
