// SPDX-License-Identifier: Apache-2.0
// Matrix products on cuBLASLt. Its heuristic is asked once for each problem; the algorithm, the
// descriptors and the workspace that it wants are kept.
//
// cuBLASLt counts in columns first: a row-major matrix of r × c is to it one of c × r. So a product
// C = op(A) op(B) of row-major matrices is asked for as C^T = op(B)^T op(A)^T.
#pragma once

#include "kernels/cuda/plugin/cublaslt.hpp"
#include "kernels/device/operators.h"

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string_view>

namespace aiops::kernels::cuda {

// What is done to a product before it is stored, in cuBLASLt's words.
struct Epilogue {
  cublasLtEpilogue_t kind = CUBLASLT_EPILOGUE_DEFAULT;
  const void* bias = nullptr;  // read, or for a bias gradient written
  const void* aux = nullptr;   // the GELU's input: written forward, read backward
};

// D (m × n, by columns) = alpha op(A) op(B) + beta C, op(A) m × k, op(B) k × n, each without gaps.
struct Product {
  std::int64_t m = 0, n = 0, k = 0;
  cublasOperation_t op_a = CUBLAS_OP_N, op_b = CUBLAS_OP_N;
  cudaDataType_t in = CUDA_R_32F, out = CUDA_R_32F;
  float alpha = 1, beta = 0;
  const void *a = nullptr, *b = nullptr;
  const void* c = nullptr;  // read where beta is not 0; it may be D
  void* d = nullptr;

  const void* addend() const { return beta == 0 ? d : c; }
  Epilogue epilogue = {};
};

// The part of a product that decides the algorithm: the alignment of every pointer in bytes is
// among it, because the heuristic takes it as a promise.
struct Problem {
  explicit Problem(const Product& product);

  std::int64_t m, n, k;
  int op_a, op_b, in, out, epilogue;
  bool adds;
  std::uint32_t align_a, align_b, align_c, align_d, align_bias, align_aux;
  auto operator<=>(const Problem&) const = default;
};

class ProductPlan;

// The plans of one device. Safe from several threads.
class LinearPlans {
 public:
  explicit LinearPlans(std::string_view library_dirs);  // throws Error{no_gpu}
  ~LinearPlans();

  // Plans the product, once; the bytes of workspace that it needs. Throws Unsupported when no
  // algorithm does it.
  std::uint64_t workspace(const Product& product);
  void launch(const Product& product, cudaStream_t stream, void* workspace, std::uint64_t bytes);
  std::size_t size() const { return plans_.size(); }

 private:
  ProductPlan& plan(const Product& product);

  CublasLt lt_;
  cublasLtHandle_t handle_ = nullptr;
  std::mutex mutex_;
  std::map<Problem, std::unique_ptr<ProductPlan>> plans_;
};

// The three products of a linear layer. Throw Error for parameters that contradict themselves.
Product product_of(const aiops_linear_forward& parameters);
Product product_of(const aiops_linear_backward_input& parameters);
Product product_of(const aiops_linear_backward_weight& parameters);

}  // namespace aiops::kernels::cuda
