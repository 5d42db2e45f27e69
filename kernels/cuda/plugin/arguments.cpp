// SPDX-License-Identifier: Apache-2.0
#include "kernels/cuda/plugin/arguments.hpp"

#include "base/error.hpp"
#include "kernels/cuda/plugin/runtime.hpp"

namespace aiops::kernels::cuda {

Arguments::Arguments(const char* name, std::int32_t type)
    : name_(name), size_(type == AIOPS_BF16 ? sizeof(BFloat16) : sizeof(float)) {
  if (type != AIOPS_F32 && type != AIOPS_BF16)
    refuse("there is no type of elements " + std::to_string(type));
}

const Arguments& Arguments::scratch(std::uint64_t given, std::uint64_t needed) const {
  if (given < needed)
    refuse("needs " + std::to_string(needed) + " bytes of workspace and has " +
           std::to_string(given));
  return *this;
}

void Arguments::require_aligned(const char* what, const void* p, std::size_t size) const {
  if (reinterpret_cast<std::uintptr_t>(p) % size != 0)
    refuse(std::string(what) + " is not aligned to its elements of " + std::to_string(size) +
           " bytes");
}

void Arguments::refuse(const std::string& why) const {
  throw Error(ExitCode::failed, std::string(name_) + ": " + why);
}

void require_queued(const LaunchStatus& status) {
  if (status.ok()) return;
  if (status.code == kInvalidValue && status.reason[0] != '\0')
    throw Error(ExitCode::failed, status.reason);
  check(static_cast<cudaError_t>(status.code), "a kernel's launch");
}

}  // namespace aiops::kernels::cuda
