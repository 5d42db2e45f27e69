// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/gemm_engines.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

struct GemmProblem {
  kernels::Gemm shape;
  std::string transposes;  // "nt"
  std::vector<float> a, b, c;
};

// Multiplies once and compares some elements of the product with dot products in double. Returns
// the record's `correctness`; throws Error{failed} that names the engine and the first wrong
// element.
Json check_product(const GemmEngine& engine, GemmProblem& problem, std::uint64_t seed);

}  // namespace aiops::bench
