// SPDX-License-Identifier: Apache-2.0
// Arrays in shared memory, 16-byte aligned:
//
//   AIOPS_SHARED(float, tile, [2][64 * 40]);     static: the size is known to the compiler
//   AIOPS_DYNAMIC_SHARED(float, rows);           as many bytes as the launch asked for, one a
//   kernel
//
// For g++ these are references into an arena of the executor, which fills the arrays with
// rubbish before each block, keeps a red zone between them, and knows their names. (A plain
// `static` could be none of that.)
#pragma once

#if defined(__CUDACC__)

#define AIOPS_SHARED(type, name, ...) __shared__ __align__(16) type name __VA_ARGS__
#define AIOPS_DYNAMIC_SHARED(type, name)                                  \
  extern __shared__ __align__(128) unsigned char aiops_dynamic_shared_[]; \
  type* const name = reinterpret_cast<type*>(aiops_dynamic_shared_)

#else

#include "kernels/cuda/layer/executor.hpp"

#define AIOPS_SHARED(type, name, ...)             \
  using name##_type = type __VA_ARGS__;           \
  static const char name##_key = 0;               \
  name##_type& name = *static_cast<name##_type*>( \
      ::aiops::simt::shared_array(&name##_key, #name, sizeof(name##_type), alignof(type)))
#define AIOPS_DYNAMIC_SHARED(type, name) \
  type* const name = static_cast<type*>(::aiops::simt::dynamic_shared_array())

#endif
