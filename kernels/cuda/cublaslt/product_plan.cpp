// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/cublaslt/product_plan.hpp"

#include "base/error.hpp"
#include "kernels/cuda/plugin/fault.hpp"

#include <string>

namespace aiops::kernels::cuda {
namespace {

// What NVIDIA recommends for Hopper and newer; older GPUs ask for less.
constexpr std::uint64_t kMostWorkspace = 32u << 20;

std::string describe(const Product& p) {
  return std::to_string(p.m) + " x " + std::to_string(p.n) + " x " + std::to_string(p.k) +
         (p.in == CUDA_R_16BF ? " in bf16" : " in fp32") + ", epilogue " +
         std::to_string(p.epilogue.kind);
}

}  // namespace

void check(const CublasLt& lt, cublasStatus_t status, const char* doing) {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  throw Error(status == CUBLAS_STATUS_NOT_INITIALIZED ? ExitCode::no_gpu : ExitCode::failed,
              std::string(doing) + ": " + lt.cublasLtGetStatusString(status));
}

ProductPlan::ProductPlan(const CublasLt& lt, cublasLtHandle_t handle, const Product& p)
    : lt_(lt),
      handle_(handle),
      operation_(nullptr, lt.cublasLtMatmulDescDestroy),
      a_(nullptr, lt.cublasLtMatrixLayoutDestroy),
      b_(nullptr, lt.cublasLtMatrixLayoutDestroy),
      d_(nullptr, lt.cublasLtMatrixLayoutDestroy) {
  cublasLtMatmulDesc_t operation = nullptr;
  check(lt, lt.cublasLtMatmulDescCreate(&operation, CUBLAS_COMPUTE_32F, CUDA_R_32F),
        "cublasLtMatmulDescCreate");
  operation_.reset(operation);
  set(CUBLASLT_MATMUL_DESC_TRANSA, static_cast<std::int32_t>(p.op_a));
  set(CUBLASLT_MATMUL_DESC_TRANSB, static_cast<std::int32_t>(p.op_b));
  set(CUBLASLT_MATMUL_DESC_EPILOGUE, static_cast<std::uint32_t>(p.epilogue.kind));
  if (p.epilogue.aux != nullptr) set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, p.m);
  set_pointers(p.epilogue);
  a_ = p.op_a == CUBLAS_OP_N ? layout(p.in, p.m, p.k) : layout(p.in, p.k, p.m);
  b_ = p.op_b == CUBLAS_OP_N ? layout(p.in, p.k, p.n) : layout(p.in, p.n, p.k);
  d_ = layout(p.out, p.m, p.n);
  choose_algorithm(p);
}

ProductPlan::Owned<cublasLtMatrixLayout_t> ProductPlan::layout(cudaDataType_t type,
                                                               std::int64_t rows,
                                                               std::int64_t columns) {
  cublasLtMatrixLayout_t made = nullptr;
  check(lt_,
        lt_.cublasLtMatrixLayoutCreate(&made, type, static_cast<std::uint64_t>(rows),
                                       static_cast<std::uint64_t>(columns), rows),
        "cublasLtMatrixLayoutCreate");
  return {made, lt_.cublasLtMatrixLayoutDestroy};
}

template <typename Value>
void ProductPlan::set(cublasLtMatmulDescAttributes_t attribute, const Value& value) {
  check(lt_, lt_.cublasLtMatmulDescSetAttribute(operation_.get(), attribute, &value, sizeof value),
        "cublasLtMatmulDescSetAttribute");
}

void ProductPlan::set_pointers(const Epilogue& epilogue) {
  if (epilogue.bias != nullptr) set(CUBLASLT_MATMUL_DESC_BIAS_POINTER, epilogue.bias);
  if (epilogue.aux != nullptr) set(CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, epilogue.aux);
}

void ProductPlan::choose_algorithm(const Product& product) {
  cublasLtMatmulPreference_t made = nullptr;
  check(lt_, lt_.cublasLtMatmulPreferenceCreate(&made), "cublasLtMatmulPreferenceCreate");
  const Owned<cublasLtMatmulPreference_t> preference(made, lt_.cublasLtMatmulPreferenceDestroy);
  const auto prefer = [&](cublasLtMatmulPreferenceAttributes_t attribute, const auto& value) {
    check(
        lt_,
        lt_.cublasLtMatmulPreferenceSetAttribute(preference.get(), attribute, &value, sizeof value),
        "cublasLtMatmulPreferenceSetAttribute");
  };
  const Problem problem(product);
  prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, kMostWorkspace);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, problem.align_a);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, problem.align_b);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, problem.align_c);
  prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, problem.align_d);

  cublasLtMatmulHeuristicResult_t best{};
  int found = 0;
  const cublasStatus_t status =
      lt_.cublasLtMatmulAlgoGetHeuristic(handle_, operation_.get(), a_.get(), b_.get(), d_.get(),
                                         d_.get(), preference.get(), 1, &best, &found);
  if (status == CUBLAS_STATUS_NOT_SUPPORTED || (status == CUBLAS_STATUS_SUCCESS && found == 0))
    throw Unsupported{"cuBLASLt has no algorithm for a product of " + describe(product)};
  check(lt_, status, "cublasLtMatmulAlgoGetHeuristic");
  algorithm_ = best.algo;
  workspace_ = best.workspaceSize;
}

void ProductPlan::launch(const Product& p, cudaStream_t stream, void* workspace) {
  set_pointers(p.epilogue);
  check(lt_,
        lt_.cublasLtMatmul(handle_, operation_.get(), &p.alpha, p.a, a_.get(), p.b, b_.get(),
                           &p.beta, p.addend(), d_.get(), p.d, d_.get(), &algorithm_,
                           workspace_ == 0 ? nullptr : workspace, workspace_, stream),
        "cublasLtMatmul");
}

}  // namespace aiops::kernels::cuda
