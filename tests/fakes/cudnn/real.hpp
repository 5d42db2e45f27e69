// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cudnn.h>

#include <string>

namespace aiops::fakes {

// The real library's functions, opened past our own name.
struct RealCudnn {
  RealCudnn();

  bool is_there = false;
  std::string device;  // the description of the GPU, JSON
#define FAKE_CUDNN_FUNCTIONS(X)    \
  X(cudnnGetVersion)               \
  X(cudnnGetErrorString)           \
  X(cudnnGetLastErrorString)       \
  X(cudnnBackendCreateDescriptor)  \
  X(cudnnBackendDestroyDescriptor) \
  X(cudnnBackendSetAttribute)      \
  X(cudnnBackendGetAttribute)      \
  X(cudnnBackendFinalize)
#define FAKE_CUDNN_MEMBER(name) decltype(&::name) name = nullptr;
  FAKE_CUDNN_FUNCTIONS(FAKE_CUDNN_MEMBER)
#undef FAKE_CUDNN_MEMBER
};

const RealCudnn& real();

}  // namespace aiops::fakes
