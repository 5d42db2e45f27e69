// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/suite.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured. `n` and `k` may be empty: then they are equal to m.
struct GemmPlan {
  std::vector<std::int64_t> m, n, k;
  std::vector<std::string> transposes;  // of gemm_transposes()
  std::vector<std::string> engines;     // of gemm_engines()
};

std::vector<std::string> gemm_transposes();  // nn, nt, tn, tt: is A, is B transposed
std::vector<std::string> gemm_engines();  // aiops: kernels/gemm.hpp; openblas: cblas_sgemm itself;
                                          // onednn: its matmul, prepared ahead

// fp32 matrix products. Engines of one shape take turns with the probe of the FMA ceiling. Each
// product is first checked against dot products in double. Throws Error{failed} on a wrong product,
// a missing library, or when the memory does not suffice.
Suite gemm_suite(const GemmPlan& plan, const Bench& bench);

}  // namespace aiops::bench
