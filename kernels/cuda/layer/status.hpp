// SPDX-License-Identifier: Apache-2.0
// What callers of launchers see: plain C++, no CUDA header.
#pragma once

struct CUstream_st;  // the CUDA runtime's; a cudaStream_t points to one

namespace aiops::kernels::cuda {

using Stream = CUstream_st*;  // nullptr: the default stream

// What became of a launch. `code` is a number of the CUDA runtime's cudaError_t; `reason` is a
// constant text that says which argument a launcher refuses and why, or empty.
struct [[nodiscard]] LaunchStatus {
  int code = 0;
  const char* reason = "";

  bool ok() const { return code == 0; }
};

inline constexpr int kInvalidValue = 1;          // cudaErrorInvalidValue
inline constexpr int kInvalidConfiguration = 9;  // cudaErrorInvalidConfiguration
inline constexpr int kIllegalAddress = 700;      // cudaErrorIllegalAddress
inline constexpr int kLaunchFailure = 719;       // cudaErrorLaunchFailure

// A launcher's answer to arguments that its kernel was not written for; nothing was launched.
constexpr LaunchStatus refused(const char* reason) { return {kInvalidValue, reason}; }

}  // namespace aiops::kernels::cuda
