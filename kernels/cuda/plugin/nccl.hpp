// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "kernels/cuda/plugin/library.hpp"

#include <nccl.h>

namespace aiops::kernels::cuda {

struct Nccl {
  explicit Nccl(std::string_view dirs);
  std::string version() const;  // "2.28.9"

  Library library;
  AIOPS_MEMBER(ncclGetVersion)
};

}  // namespace aiops::kernels::cuda
