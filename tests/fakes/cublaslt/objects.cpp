// SPDX-License-Identifier: Apache-2.0
// The functions that make and fill descriptors.
#include "tests/fakes/cublaslt/objects.hpp"

#include "tests/fakes/cudart/fake_cudart.hpp"

#include <cstring>

namespace aiops::fakes {

cublasStatus_t refuse(const std::string& what) {
  complain("cuBLASLt: " + what);
  return CUBLAS_STATUS_INVALID_VALUE;
}

Register<Handle, cublasLtHandle_t>& handles() {
  static auto* const all = new Register<Handle, cublasLtHandle_t>;
  return *all;
}
Register<MatrixLayout, cublasLtMatrixLayout_t>& layouts() {
  static auto* const all = new Register<MatrixLayout, cublasLtMatrixLayout_t>;
  return *all;
}
Register<Operation, cublasLtMatmulDesc_t>& operations() {
  static auto* const all = new Register<Operation, cublasLtMatmulDesc_t>;
  return *all;
}
Register<Preference, cublasLtMatmulPreference_t>& preferences() {
  static auto* const all = new Register<Preference, cublasLtMatmulPreference_t>;
  return *all;
}

namespace {

// Copies a value whose size must be the attribute's.
cublasStatus_t take(void* field, std::size_t size, const void* value, std::size_t given, int what) {
  if (given != size)
    return refuse("attribute " + std::to_string(what) + " of " + std::to_string(given) +
                  " bytes, not " + std::to_string(size));
  std::memcpy(field, value, size);
  return CUBLAS_STATUS_SUCCESS;
}

}  // namespace
}  // namespace aiops::fakes

using namespace aiops::fakes;

size_t cublasLtGetVersion() { return 130100; }

const char* cublasLtGetStatusString(cublasStatus_t status) {
  return status == CUBLAS_STATUS_SUCCESS ? "success" : "refused by the fake cuBLASLt";
}

cublasStatus_t cublasLtCreate(cublasLtHandle_t* handle) { return handles().add(handle, Handle{}); }

cublasStatus_t cublasLtDestroy(cublasLtHandle_t handle) {
  return handles().remove(handle, "cublasLtDestroy");
}

cublasStatus_t cublasLtMatrixLayoutCreate(cublasLtMatrixLayout_t* layout, cudaDataType type,
                                          uint64_t rows, uint64_t columns, int64_t ld) {
  if (type != CUDA_R_32F && type != CUDA_R_16BF)
    return refuse("a layout of type " + std::to_string(type) + " is not modelled");
  // The real library does not look here, and reads past rows later.
  if (ld < static_cast<std::int64_t>(rows))
    return refuse("a layout of " + std::to_string(rows) + " rows, " + std::to_string(ld) +
                  " apart");
  return layouts().add(layout, MatrixLayout{type, rows, columns, ld});
}

cublasStatus_t cublasLtMatrixLayoutDestroy(cublasLtMatrixLayout_t layout) {
  return layouts().remove(layout, "cublasLtMatrixLayoutDestroy");
}

cublasStatus_t cublasLtMatmulDescCreate(cublasLtMatmulDesc_t* operation,
                                        cublasComputeType_t compute, cudaDataType scale) {
  if (compute != CUBLAS_COMPUTE_32F || scale != CUDA_R_32F)
    return refuse("another computation than in fp32 is not modelled");
  return operations().add(operation, Operation{.compute = compute, .scale = scale});
}

cublasStatus_t cublasLtMatmulDescDestroy(cublasLtMatmulDesc_t operation) {
  return operations().remove(operation, "cublasLtMatmulDescDestroy");
}

cublasStatus_t cublasLtMatmulDescSetAttribute(cublasLtMatmulDesc_t operation,
                                              cublasLtMatmulDescAttributes_t attribute,
                                              const void* value, size_t size) {
  Operation* const to = operations().find(operation);
  if (to == nullptr) return refuse("an attribute of a descriptor that is not there");
  switch (attribute) {
    case CUBLASLT_MATMUL_DESC_TRANSA:
      return take(&to->op_a, sizeof to->op_a, value, size, attribute);
    case CUBLASLT_MATMUL_DESC_TRANSB:
      return take(&to->op_b, sizeof to->op_b, value, size, attribute);
    case CUBLASLT_MATMUL_DESC_EPILOGUE:
      return take(&to->epilogue, sizeof to->epilogue, value, size, attribute);
    case CUBLASLT_MATMUL_DESC_BIAS_POINTER:
      return take(&to->bias, sizeof to->bias, value, size, attribute);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER:
      return take(&to->aux, sizeof to->aux, value, size, attribute);
    case CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD:
      return take(&to->aux_ld, sizeof to->aux_ld, value, size, attribute);
    default:
      return refuse("attribute " + std::to_string(attribute) + " is not modelled");
  }
}

cublasStatus_t cublasLtMatmulPreferenceCreate(cublasLtMatmulPreference_t* preference) {
  return preferences().add(preference, Preference{});
}

cublasStatus_t cublasLtMatmulPreferenceDestroy(cublasLtMatmulPreference_t preference) {
  return preferences().remove(preference, "cublasLtMatmulPreferenceDestroy");
}

cublasStatus_t cublasLtMatmulPreferenceSetAttribute(cublasLtMatmulPreference_t preference,
                                                    cublasLtMatmulPreferenceAttributes_t attribute,
                                                    const void* value, size_t size) {
  Preference* const to = preferences().find(preference);
  if (to == nullptr) return refuse("an attribute of a preference that is not there");
  switch (attribute) {
    case CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES:
      return take(&to->most_workspace, sizeof to->most_workspace, value, size, attribute);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES:
      return take(&to->align_a, sizeof to->align_a, value, size, attribute);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES:
      return take(&to->align_b, sizeof to->align_b, value, size, attribute);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES:
      return take(&to->align_c, sizeof to->align_c, value, size, attribute);
    case CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES:
      return take(&to->align_d, sizeof to->align_d, value, size, attribute);
    default:
      return refuse("preference " + std::to_string(attribute) + " is not modelled");
  }
}
