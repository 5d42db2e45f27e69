// SPDX-License-Identifier: Apache-2.0
// Every operator's trials, as the executors run them.
#pragma once

#include "kernels/cuda/trials/trial.hpp"
#include "tests/simt/runtime/device.hpp"
#include "tests/simt/runtime/report.hpp"

#include <span>
#include <string>
#include <vector>

namespace aiops::simt {

struct Operator {
  const char* name;
  std::vector<kernels::cuda::Case> (*cases)();
};
std::span<const Operator> operators();

struct Outcome {
  std::vector<std::string> faults;  // reports in words, and values that are not the oracle's
  std::vector<std::byte> outputs;
};
Outcome try_case(const kernels::cuda::Case& one, const Options& with);

}  // namespace aiops::simt
