// SPDX-License-Identifier: Apache-2.0
// What nvcc put into an object file for devices: PTX as text and one cubin, an ELF file, for each
// architecture. Both lie in it as they are (nvcc --no-compress), so they are found by how they
// begin: what is verified is what would ship, and no tool of the toolkit is needed to look inside.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace aiops::simt {

struct CudaObject {
  std::vector<std::string> ptx;
  std::vector<std::string> cubins;
};

// Throws aiops::Error where the file cannot be read or holds nothing for devices.
CudaObject read_cuda_object(const std::string& path);

// The architecture that a text of PTX was made for: "sm_80".
std::string_view target_of(std::string_view ptx);

}  // namespace aiops::simt
