// SPDX-License-Identifier: Apache-2.0
// A plug-in of a later version: nothing but the two numbers at its head may be read.
#include "kernels/device/abi.h"

extern "C" const aiops_cuda_api* aiops_cuda_plugin() {
  static aiops_cuda_api api{};
  api.abi = AIOPS_CUDA_ABI + 1;
  api.bytes = 8;
  return &api;
}
