// SPDX-License-Identifier: Apache-2.0
// How many blocks of a kernel a multiprocessor holds at once, by NVIDIA's own rules
// (cuda_occupancy.h), for a device of each architecture.
#pragma once

#include <cstddef>

namespace aiops::simt {

struct Needs {
  unsigned registers = 0;  // of a thread
  int threads = 0;         // of a block
  std::size_t static_shared = 0, dynamic_shared = 0;
};

// 0: not even one, or no such architecture.
int blocks_per_multiprocessor(unsigned architecture, const Needs& needs);

}  // namespace aiops::simt
