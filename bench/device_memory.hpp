// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/bench_gpu.hpp"
#include "bench/suite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

struct DeviceMemoryPlan {
  GpuChoice gpu = {};
  std::vector<std::int64_t> sizes;      // bytes of each copy
  std::vector<std::string> operations;  // of device_memory_operations()
};

std::vector<std::string> device_memory_operations();  // upload, download

// Bytes a second between pinned memory of the host and memory of a GPU, until they are there. Both
// directions of one size take turns. Throws Error{no_gpu} when there is none to use, Error{failed}
// when bytes come out other than they went in.
Suite device_memory_suite(const DeviceMemoryPlan& plan);

}  // namespace aiops::bench
