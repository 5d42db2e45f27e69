// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/simt/object/cuda_object.hpp"
#include "tests/simt/ptx/engine.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace aiops::simt {

// The paths in the list that the build wrote; none where there was no nvcc.
inline std::vector<std::string> cuda_objects() {
  std::vector<std::string> paths;
#if defined(AIOPS_CUDA_OBJECTS)
  std::ifstream list(AIOPS_CUDA_OBJECTS);
  for (std::string path; std::getline(list, path);)
    if (!path.empty()) paths.push_back(path);
#endif
  return paths;
}

// Loads the PTX of the operator's folder. False: there is none.
inline bool load_ptx(ptx::PtxEngine& engine, const std::string& name) {
  bool found = false;
  for (const std::string& path : cuda_objects()) {
    if (path.find("/" + name + "/") == std::string::npos) continue;
    for (const std::string& text : read_cuda_object(path).ptx) engine.load(text);
    found = true;
  }
  return found;
}

}  // namespace aiops::simt
