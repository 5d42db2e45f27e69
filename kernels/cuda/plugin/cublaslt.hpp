// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/plugin/library.hpp"

#include <cublasLt.h>

namespace aiops::kernels::cuda {

#define AIOPS_CUBLASLT_FUNCTIONS(X)  \
  X(cublasLtGetVersion)              \
  X(cublasLtCreate)                  \
  X(cublasLtDestroy)                 \
  X(cublasLtGetStatusString)         \
  X(cublasLtMatmul)                  \
  X(cublasLtMatmulAlgoGetHeuristic)  \
  X(cublasLtMatmulDescCreate)        \
  X(cublasLtMatmulDescDestroy)       \
  X(cublasLtMatmulDescSetAttribute)  \
  X(cublasLtMatrixLayoutCreate)      \
  X(cublasLtMatrixLayoutDestroy)     \
  X(cublasLtMatmulPreferenceCreate)  \
  X(cublasLtMatmulPreferenceDestroy) \
  X(cublasLtMatmulPreferenceSetAttribute)

// cuBLASLt's functions, by their own names.
struct CublasLt {
  explicit CublasLt(std::string_view dirs);
  std::string version() const;  // "13.1.0"

  Library library;
  AIOPS_CUBLASLT_FUNCTIONS(AIOPS_MEMBER)
};

}  // namespace aiops::kernels::cuda
