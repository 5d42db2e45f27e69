// SPDX-License-Identifier: Apache-2.0
// cp.async: global memory to shared memory past the registers, while the thread goes on. Copies
// gather in groups; a group has arrived, for this thread alone, after cp_async_wait<N>() with at
// most N younger groups still on their way. Other threads may read it after a barrier that follows.
#pragma once

#if defined(__CUDACC__)
#include <cstdint>
#else
#include "kernels/cuda/layer/words.cuh"
#endif

namespace aiops::kernels::cuda {

#if defined(__CUDACC__)

// 16 bytes, both addresses multiples of 16. Only the first `valid` bytes are read; the rest of the
// destination becomes 0, so that tiles which hang over an edge need no second path.
__device__ __forceinline__ void cp_async(void* shared, const void* global, int valid = 16) {
  const auto to = static_cast<std::uint32_t>(__cvta_generic_to_shared(shared));
  asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(to), "l"(global), "r"(valid)
               : "memory");
}

// Closes the group of the copies that this thread issued since the last one; it may be empty.
__device__ __forceinline__ void cp_async_commit() {
  asm volatile("cp.async.commit_group;" ::: "memory");
}

template <int Pending>
__device__ __forceinline__ void cp_async_wait() {
  asm volatile("cp.async.wait_group %0;" ::"n"(Pending) : "memory");
}

#else

inline void cp_async(void* shared, const void* global, int valid = 16) {
  simt::cp_async(shared, global, 16, valid);
}
inline void cp_async_commit() { simt::cp_async_commit(); }
template <int Pending>
void cp_async_wait() {
  simt::cp_async_wait(Pending);
}

#endif

}  // namespace aiops::kernels::cuda
