// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/plugin/library.hpp"

#include <cudnn.h>

namespace aiops::kernels::cuda {

#define AIOPS_CUDNN_FUNCTIONS(X)   \
  X(cudnnGetVersion)               \
  X(cudnnCreate)                   \
  X(cudnnDestroy)                  \
  X(cudnnSetStream)                \
  X(cudnnGetErrorString)           \
  X(cudnnGetLastErrorString)       \
  X(cudnnBackendCreateDescriptor)  \
  X(cudnnBackendDestroyDescriptor) \
  X(cudnnBackendSetAttribute)      \
  X(cudnnBackendGetAttribute)      \
  X(cudnnBackendFinalize)          \
  X(cudnnBackendExecute)

// cuDNN's functions, by their own names: of the backend API alone.
struct Cudnn {
  explicit Cudnn(std::string_view dirs);
  std::string version() const;  // "9.19.0"

  Library library;
  AIOPS_CUDNN_FUNCTIONS(AIOPS_MEMBER)
};

}  // namespace aiops::kernels::cuda
