// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/plugin/library.hpp"

#include <nccl.h>

namespace aiops::kernels::cuda {

// Of 2.14 and later, whose communicators need not block their callers.
#define AIOPS_NCCL_FUNCTIONS(X) \
  X(ncclGetVersion)             \
  X(ncclGetErrorString)         \
  X(ncclGetLastError)           \
  X(ncclGetUniqueId)            \
  X(ncclCommInitRankConfig)     \
  X(ncclCommGetAsyncError)      \
  X(ncclCommFinalize)           \
  X(ncclCommDestroy)            \
  X(ncclCommAbort)              \
  X(ncclAllReduce)              \
  X(ncclSend)                   \
  X(ncclRecv)                   \
  X(ncclGroupStart)             \
  X(ncclGroupEnd)

// NCCL's functions, by their own names.
struct Nccl {
  explicit Nccl(std::string_view dirs);
  std::string version() const;  // "2.28.9"

  Library library;
  AIOPS_NCCL_FUNCTIONS(AIOPS_MEMBER)
};

}  // namespace aiops::kernels::cuda
