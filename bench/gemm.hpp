// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "bench/bench_gpu.hpp"
#include "bench/suite.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace aiops::bench {

// Every combination is measured. `n` and `k` may be empty: then they are equal to m.
struct GemmPlan {
  std::vector<std::int64_t> m, n, k;
  std::vector<std::string> transposes;             // of gemm_transposes()
  std::vector<std::string> engines;                // of gemm_engines()
  std::vector<std::string> precisions = {"fp32"};  // of train_precisions()
  std::optional<GpuChoice> gpu = {};               // none: the CPU
};

std::vector<std::string> gemm_transposes();  // nn, nt, tn, tt: is A, is B transposed
// aiops: kernels/gemm.hpp; openblas: cblas_sgemm itself; onednn: its matmul, prepared ahead. On a
// GPU cublaslt: the products of linear layers, in memory of the GPU.
std::vector<std::string> gemm_engines(Hardware hardware = Hardware::cpu);

// Matrix products. Engines of one shape take turns, on the CPU with the probe of the multiply-add
// ceiling. Each product is first checked against dot products in double. Throws Error{usage} for
// what an engine does not serve, Error{failed} on a wrong product, a missing library, or when the
// memory does not suffice, Error{no_gpu} without a GPU to use.
Suite gemm_suite(const GemmPlan& plan, const Bench& bench);

}  // namespace aiops::bench
