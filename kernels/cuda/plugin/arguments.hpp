// SPDX-License-Identifier: Apache-2.0
// How operators with kernels of their own take the parameters of the interface. Pointers are looked
// at before anything is queued: a kernel that follows a wrong one ends every use of the GPU by this
// process (CUDA C++ Programming Guide, "Error checking").
#pragma once

#include "kernels/cuda/layer/bfloat16.cuh"
#include "kernels/cuda/layer/status.hpp"
#include "kernels/device/operators.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace aiops::kernels::cuda {

// The parameters of one operator. Throws Error at the first that cannot be.
class Arguments {
 public:
  // `type` is that of the arrays that are given as void.
  explicit Arguments(const char* name, std::int32_t type = AIOPS_F32);

  template <typename Element>
  const Arguments& array(const char* what, const Element* p) const {
    if (p == nullptr) refuse(std::string(what) + " is a null pointer");
    return optional(what, p);
  }
  template <typename Element>
  const Arguments& optional(const char* what, const Element* p) const {
    if constexpr (std::is_void_v<Element>)
      require_aligned(what, p, size_);
    else
      require_aligned(what, p, alignof(Element));
    return *this;
  }
  const Arguments& scratch(std::uint64_t given, std::uint64_t needed) const;

 private:
  void require_aligned(const char* what, const void* p, std::size_t size) const;
  [[noreturn]] void refuse(const std::string& why) const;

  const char* name_;
  std::size_t size_;  // of an element of `type`
};

// Throws unless a launcher queued its kernels.
void require_queued(const LaunchStatus& status);

// Queues with<T>(), T what `type` names.
template <typename With>
void queue_for(std::int32_t type, const With& with) {
  require_queued(type == AIOPS_BF16 ? with.template operator()<BFloat16>()
                                    : with.template operator()<float>());
}

// Arrays of the operator's type, as T.
template <typename T>
const T* as(const void* array) {
  return static_cast<const T*>(array);
}
template <typename T>
T* as(void* array) {
  return static_cast<T*>(array);
}

}  // namespace aiops::kernels::cuda
