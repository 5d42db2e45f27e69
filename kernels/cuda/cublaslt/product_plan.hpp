// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/cublaslt/linear_plans.hpp"

#include <memory>
#include <type_traits>

namespace aiops::kernels::cuda {

// Throws unless `status` is success.
void check(const CublasLt& lt, cublasStatus_t status, const char* doing);

// One product, planned.
class ProductPlan {
 public:
  ProductPlan(const CublasLt& lt, cublasLtHandle_t handle, const Product& product);
  std::uint64_t workspace() const { return workspace_; }
  // The product must be of the problem that was planned.
  void launch(const Product& product, cudaStream_t stream, void* workspace);

 private:
  template <typename Handle>
  using Owned = std::unique_ptr<std::remove_pointer_t<Handle>,
                                cublasStatus_t (*)(std::type_identity_t<Handle>)>;

  Owned<cublasLtMatrixLayout_t> layout(cudaDataType_t type, std::int64_t rows,
                                       std::int64_t columns);
  template <typename Value>
  void set(cublasLtMatmulDescAttributes_t attribute, const Value& value);
  void set_pointers(const Epilogue& epilogue);
  void choose_algorithm(const Product& product);

  const CublasLt& lt_;
  cublasLtHandle_t handle_;
  Owned<cublasLtMatmulDesc_t> operation_;
  Owned<cublasLtMatrixLayout_t> a_, b_, d_;
  cublasLtMatmulAlgo_t algorithm_{};
  std::uint64_t workspace_ = 0;
};

}  // namespace aiops::kernels::cuda
