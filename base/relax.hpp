// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !defined(__x86_64__)
#include <thread>
#endif

namespace aiops {

// Between two looks at what another processor is about to change.
inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  std::this_thread::yield();
#endif
}

}  // namespace aiops
