// SPDX-License-Identifier: Apache-2.0
#include "kernels/cpu/rounding.hpp"

#include "kernels/cpu/bfloat16.hpp"
#include "kernels/cpu/clones.hpp"

namespace aiops::kernels {

AIOPS_CLONES void round_to_bfloat16(std::int64_t count, float* x) {
#pragma omp simd
  for (std::int64_t i = 0; i < count; ++i) x[i] = to_bfloat16(x[i]);
}

}  // namespace aiops::kernels
