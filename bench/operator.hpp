// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured, but for passes that an operator does not have.
struct OperatorPlan {
  std::vector<std::string> operators;  // of bench_operators()
  std::vector<std::string> passes;     // of operator_passes()
  std::vector<std::int64_t> rows, widths;
};

std::vector<std::string> bench_operators();
std::vector<std::string> operator_passes();  // forward, backward

// Bytes a second that an operator of kernels/ moves, fp32. Each takes turns with plain loops that
// move as many. It is first checked, every element, against double precision. Throws Error{usage}
// where nothing is left to measure or a width is odd and rope is to turn it, Error{failed} for a
// wrong result or when the memory does not suffice.
Suite operator_suite(const OperatorPlan& plan, const Bench& bench);

}  // namespace aiops::bench
