// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/bench_gpu.hpp"
#include "bench/suite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured, but for passes that an operator does not have in each engine.
struct OperatorPlan {
  std::vector<std::string> operators;  // of bench_operators()
  std::vector<std::string> passes;     // of operator_passes()
  std::vector<std::int64_t> rows, widths;
  std::vector<std::string> engines = {"aiops"};  // of operator_engines()
  std::optional<GpuChoice> gpu = {};             // none: the CPU
};

// Those that all of these engines have, in some pass.
std::vector<std::string> bench_operators(const std::vector<std::string>& engines = {"aiops"});
std::vector<std::string> operator_passes();  // forward, backward

// Bytes a second that an operator moves, fp32: that of kernels/ and those of other engines, which
// take turns with it and with plain loops that move as many; on a GPU the plug-in's own, and copies
// within its memory. Each is first checked, every element, against double precision. Throws
// Error{usage} where nothing is left to measure, an engine lacks an operator, or a width is odd and
// rope is to turn it; Error{failed} for a wrong result, a missing library, or when the memory does
// not suffice, Error{no_gpu} without a GPU to use.
Suite operator_suite(const OperatorPlan& plan, const Bench& bench);

}  // namespace aiops::bench
