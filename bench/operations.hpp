// SPDX-License-Identifier: Apache-2.0
// The operators of kernels/ that move memory more than they multiply, each with arrays to work on.
#pragma once

#include "base/thread_pool.hpp"
#include "bench/memory_probe.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace aiops::bench {

struct OperatorShape {
  std::int64_t rows = 0, width = 0;
  std::uint64_t seed = 0;
  std::int64_t count() const { return rows * width; }
};

struct Operation {
  Traffic traffic;  // of one run, small arrays such as weights left out
  std::function<void(ThreadPool&)> run;
  // After the first run: the largest error of what it made, as a share of the largest number.
  std::function<double()> error;
};

struct OperationKind {
  std::string name, pass;
  Traffic floats;  // of each element of rows x width: how often it is read, written, changed
  std::function<Operation(const OperatorShape&, const Traffic&)> make;
};

const std::vector<OperationKind>& operation_kinds();

}  // namespace aiops::bench
